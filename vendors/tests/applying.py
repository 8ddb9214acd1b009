"""What Nadia sends when she applies."""

from __future__ import annotations

from typing import Any

from core.tests.papers import drawn, pdf, sent

PASSWORD = "Saffron-and-rice-4"


def application(**changes: Any) -> dict[str, Any]:
    """A complete application; a change to None leaves the field out."""
    facts = {
        "name": "Nadia Rahman",
        "email": "nadia@newvendor.example",
        "phone": "050 123 4567",
        "password": PASSWORD,
        "company_name": "New Vendor Trading",
        "trade_license": sent("licence.pdf", pdf(), "application/pdf"),
        "vat_certificate": sent("vat.png", drawn(), "image/png"),
    } | changes
    return {name: value for name, value in facts.items() if value is not None}
