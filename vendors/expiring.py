"""Trade licences end: how long one is good, and who is warned of it when. Nobody is taken off the market for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.lifecycle import BusinessStatus
from accounts.models import Business
from core import events
from core.access import SYSTEM
from core.models import Event
from vendors.models import Vendor

MONTH, WEEK = 30, 7
WARNINGS = {WEEK: "business.week_left", MONTH: "business.month_left"}


@dataclass(frozen=True)
class Licence:
    """Until when a licence is good, and how many days that is from today; the last day counts as 0."""

    until: date
    left: int

    @property
    def ended(self) -> bool:
        return self.left < 0

    @property
    def soon(self) -> bool:
        """Whether it is time to renew it."""
        return self.left <= MONTH

    @property
    def over(self) -> int:
        """Days since it ended."""
        return -self.left


def licence_of(business: Business) -> Licence | None:
    """The licence of a business, as it told us; None where it told us nothing."""
    until = business.licence_expiry
    return Licence(until, (until - _today()).days) if until else None


def warn() -> int:
    """Tell vendors whose licence ends within a month, and again within a week, once each; says how many were told."""
    edge = _today() + timedelta(days=MONTH)
    near = Vendor.objects.filter(
        status=BusinessStatus.ACTIVE, licence_expiry__range=(_today(), edge)
    ).order_by("pk")
    return sum(_warn(vendor) for vendor in near)


def _warn(vendor: Vendor) -> bool:
    with transaction.atomic():
        business: Business = vendor.business.locked()
        licence = licence_of(business)
        if licence is None or licence.ended or not licence.soon:
            return False
        name = WARNINGS[WEEK if licence.left <= WEEK else MONTH]
        facts = {"until": licence.until.isoformat()}
        if Event.objects.filter(subject=business.code, name=name, data=facts).exists():
            return False
        events.record(business, name, SYSTEM, data=facts)
    return True


def _today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())
