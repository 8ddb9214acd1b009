"""Money: decimal strings with two decimals on the wire ("12.50"), integers of minor units in the bank."""

import re

AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")


def minor(text: object) -> int:
    """Minor units (fils) of "12.50". Raises ValueError for a number, another precision or nothing at all."""
    if not isinstance(text, str) or not AMOUNT.fullmatch(text) or not int(text.replace(".", "")):
        raise ValueError('is a decimal string above zero with two decimals, such as "12.50"')
    return int(text.replace(".", ""))


def decimal(amount: int) -> str:
    """The wire form of minor units: 1250 is "12.50"."""
    return f"{amount // 100}.{amount % 100:02}"


def readable(amount: int, currency: str) -> str:
    """What a person reads: "AED 1,234.50"."""
    return f"{currency} {amount // 100:,}.{amount % 100:02}"


def other_amount(amount: int) -> int:
    """The amount a bank in error takes instead: one less, or one more where less would be nothing."""
    return amount - 100 if amount > 100 else amount + 100


def other_currency(currency: str) -> str:
    """The currency a bank in error takes instead."""
    return "USD" if currency != "USD" else "AED"
