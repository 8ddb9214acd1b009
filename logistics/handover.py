"""The hand-over code: a delivery is over when the shop says so too, by telling its code to the driver.

The code is never stored. It follows from the delivery's number, a random salt in its row and the secret key, so
that whoever reads the database, a dump or the driver's answers can't know it, and the shop can be shown it again.
"""

from __future__ import annotations

import secrets
import unicodedata

from django.utils.crypto import constant_time_compare, salted_hmac

DIGITS = 6
TRIES = 5


def fresh_salt() -> str:
    """A salt for a new delivery; an empty one means that no code is asked for."""
    return secrets.token_hex(16)


def code_of(number: int, salt: str) -> str:
    """The code of delivery `number`."""
    mac = salted_hmac("logistics.handover", f"{number}:{salt}", algorithm="sha256").digest()
    return f"{int.from_bytes(mac, 'big') % 10**DIGITS:0{DIGITS}d}"


def fits(number: int, salt: str, told: str) -> bool:
    """Whether this is the code, in a time that does not tell how nearly."""
    return constant_time_compare(code_of(number, salt), _plain(told))


def _plain(told: str) -> str:
    """What was typed without gaps, Eastern Arabic digits as Western ones."""
    return "".join(
        str(unicodedata.decimal(sign, sign)) for sign in told if not (sign.isspace() or sign == "-")
    )
