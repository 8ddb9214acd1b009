"""Verbs about retailers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.actions import join
from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import next_code
from core import events
from core.access import Actor
from core.roles import Role
from retailers.models import Address, Retailer


def register(facts: dict[str, Any], address: dict[str, Any]) -> Retailer:
    """A new retailer, active at once, with its first person and first address; a licence, if any, is kept first."""
    retailer = Retailer(
        id=next_code("R"),
        name=facts["company_name"],
        trn=facts["trn"],
        emirate=address["emirate"],
        status=BusinessStatus.ACTIVE,
    )
    if licence := facts.get("trade_license"):
        licence.keep_in(retailer.licence)
    with transaction.atomic():
        retailer.save(force_insert=True)
        owner = join(
            retailer.business,
            Role.RETAILER,
            **{name: facts[name] for name in ("name", "email", "phone", "password")},
        )
        add_address(retailer, address)
        BUSINESS.begin(retailer.business, owner, name="register", company=retailer.name)
    return retailer


def add_address(retailer: Retailer, address: dict[str, Any]) -> Address:
    """One more place to deliver to."""
    return Address.objects.create(retailer=retailer, **address)


def ask_code(retailer: Retailer, asks: bool, by: Actor) -> None:
    """Switch the hand-over code on or off for deliveries made from now on; the history of the business keeps it."""
    with transaction.atomic():
        changed = Retailer.objects.filter(pk=retailer.pk).exclude(asks_code=asks).update(asks_code=asks)
        if changed:
            events.record(retailer.business, "business.code_on" if asks else "business.code_off", by)
