"""One signature form for both directions: `t=<unix>,v1=<hex hmac-sha256(secret, "t.message")>`.

The time inside the signed text makes an old message useless after TOLERANCE seconds.
"""

import hmac
import re

HEADER = "Sandbox-Signature"
TOLERANCE = 300
FORM = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign(secret: bytes, message: bytes, at: int) -> str:
    """The header's value for a message signed at `at` (seconds since 1970)."""
    return f"t={at},v1={_mac(secret, message, str(at))}"


def verify(secret: bytes, header: str, message: bytes, at: float) -> bool:
    """Whether the header signs exactly this message, and lately. Compares in constant time."""
    if not (parts := FORM.fullmatch(header)):
        return False
    fresh = abs(at - int(parts[1])) <= TOLERANCE
    return hmac.compare_digest(_mac(secret, message, parts[1]), parts[2]) and fresh


def request_message(method: str, path: str, body: bytes) -> bytes:
    """What a merchant signs of a request: method, path with query as sent, raw body."""
    return f"{method}.{path}.".encode() + body


def _mac(secret: bytes, message: bytes, at: str) -> str:
    return hmac.new(secret, f"{at}.".encode() + message, "sha256").hexdigest()
