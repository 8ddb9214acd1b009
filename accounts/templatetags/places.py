"""Addresses in words."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.models import Emirate

register = template.Library()
PARTS = ("line1", "line2", "area", "city")


@register.filter
def emirate(code: str) -> str:
    """DXB → Dubai, in the reader's language; what is no code of an emirate stays as it is."""
    return str(Emirate(code).label) if code in Emirate.values else str(code or "")


@register.filter
def place(address: Any) -> str:
    """An address, or an order's copy of one, in one line; the emirate only where the city does not say it."""
    facts = address if isinstance(address, dict) else address.copied()
    parts = [facts.get(name, "") for name in PARTS]
    area = facts.get("emirate", "")
    known = (
        str(facts.get("city", "")).strip().lower() in {emirate(area).lower(), Emirate(area).name.lower()}
        if area
        else True
    )
    return ", ".join(filter(None, [*parts, "" if known else emirate(area)]))
