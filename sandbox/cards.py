"""The test cards, and the reading of what a cardholder typed. Real cards are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FIELDS = ("card_number", "expiry", "cvc")


@dataclass(frozen=True)
class Card:
    """What a test card does: `failure` is the code of a refusal, `late`, `silent` concern the callback."""

    number: str
    does: str
    failure: str | None = None
    late: bool = False
    silent: bool = False

    @property
    def grouped(self) -> str:
        """The number as printed on a card, in fours."""
        return " ".join(self.number[place : place + 4] for place in range(0, len(self.number), 4))


CARDS = {
    card.number: card
    for card in (
        Card("4000000000000077", "does_paid"),
        Card("4000000000000002", "does_declined", failure="card_declined"),
        Card("4000000000009995", "does_insufficient", failure="insufficient_funds"),
        Card("4000000000000259", "does_late", late=True),
        Card("4000000000000341", "does_silent", silent=True),
    )
}


def faults(typed: Mapping[str, str]) -> dict[str, str]:
    """The name of a sentence for each field that will not do; empty when a payment can be tried."""
    checks = {"card_number": _number_fault, "expiry": _expiry_fault, "cvc": _cvc_fault}
    found = {name: check(typed.get(name, "")) for name, check in checks.items()}
    return {name: fault for name, fault in found.items() if fault}


def card(typed: Mapping[str, str]) -> Card:
    """The test card that was typed. Raises KeyError for any other; `faults` says so first."""
    return CARDS[_digits(typed["card_number"])]


def _number_fault(text: str) -> str:
    number = _digits(text)
    if not number.isdecimal() or not 12 <= len(number) <= 19 or not _luhn(number):
        return "bad_number"
    return "" if number in CARDS else "unknown_card"


def _expiry_fault(text: str) -> str:
    month, year = _expiry(_digits(text))
    if not 1 <= month <= 12:
        return "bad_expiry"
    today = datetime.now(UTC)
    return "card_expired" if (year, month) < (today.year, today.month) else ""


def _expiry(text: str) -> tuple[int, int]:
    month, slash, year = text.partition("/")
    if not slash and len(text) == 4:
        month, year = text[:2], text[2:]
    if not (month.isdecimal() and year.isdecimal() and len(month) <= 2 and len(year) in (2, 4)):
        return 0, 0
    return int(month), int(year) + (2000 if len(year) == 2 else 0)


def _cvc_fault(text: str) -> str:
    cvc = _digits(text)
    return "" if cvc.isdecimal() and 3 <= len(cvc) <= 4 else "bad_cvc"


def _digits(text: str) -> str:
    """Without spaces and dashes, Arabic-Indic digits as 0 to 9."""
    kept = [sign for sign in text[:40] if not sign.isspace() and sign != "-" and sign.isprintable()]
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in kept)


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
