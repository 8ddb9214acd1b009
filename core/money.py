"""Money: AED, two decimals, `Decimal` throughout; VAT per line, rounded half up to the fils (UAE VAT, Article 59 and
guide VATP006: each line shows its own net and tax)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CURRENCY = "AED"
FILS = Decimal("0.01")
LARGEST_TOTAL = Decimal(10) ** 11


class VatCategory(models.TextChoices):
    """VAT categories as PINT AE names them."""

    STANDARD = "S", _("Standard rate 5 %")
    ZERO = "Z", _("Zero rated")
    EXEMPT = "E", _("Exempt")
    OUTSIDE = "O", _("Outside the scope of VAT")


RATES = {
    VatCategory.STANDARD: Decimal("0.05"),
    VatCategory.ZERO: Decimal(0),
    VatCategory.EXEMPT: Decimal(0),
    VatCategory.OUTSIDE: Decimal(0),
}


def to_fils(amount: Decimal) -> Decimal:
    """Round half up to the fils."""
    return amount.quantize(FILS, ROUND_HALF_UP)


def in_words(amount: Decimal) -> str:
    """12.5 → AED 12.50, or 12.50 د.إ. in Arabic; Western digits in both."""
    return _in_words(amount, (get_language() or "").startswith("ar"))


@lru_cache(5000)  # prices come again
def _in_words(amount: Decimal, arabic: bool) -> str:
    return f"{amount:,.2f} د.إ." if arabic else f"{'-' if amount < 0 else ''}{CURRENCY} {abs(amount):,.2f}"


def vat_on(net: Decimal, category: str) -> Decimal:
    """The VAT on the net amount of one line."""
    return to_fils(net * RATES[VatCategory(category)])


def money_field(label: Any = None, **options: Any) -> models.DecimalField[Any, Any]:
    """An amount of money, exact: up to 999,999,999,999.99."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)
