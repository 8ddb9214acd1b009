"""Ahmed's licence ends: he is warned a month and a week before, once each, and sees it on his pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Business, Notification
from core import events
from core.models import Event
from tests.cast import Cast
from tests.stage import Stage
from vendors import expiring
from vendors.tasks import licences

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def ends_in(cast: Cast, days: int) -> None:
    until = today() + timedelta(days=days)
    Business.objects.filter(pk=cast.ahmed_foods.pk).update(licence_expiry=until)


def warnings() -> list[str]:
    rows = Event.objects.filter(name__in=expiring.WARNINGS.values()).order_by("pk")
    return [row.name for row in rows]


def test_the_same_licence_is_warned_of_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_in(cast, 40)
    heard = []
    for days in range(45):
        monkeypatch.setattr(expiring, "_today", lambda days=days: today() + timedelta(days=days))
        heard += [days] * expiring.warn()
    assert heard == [10, 33]
    assert warnings() == ["business.month_left", "business.week_left"]


def test_one_that_comes_late_hears_only_the_second_warning(cast: Cast) -> None:
    ends_in(cast, 3)
    licences()
    assert warnings() == ["business.week_left"]


def test_it_comes_to_the_inbox_and_by_mail(cast: Cast) -> None:
    ends_in(cast, 20)
    licences()
    events.relay()
    note = Notification.objects.get(user=cast.ahmed)
    assert (note.title, note.url) == ("Your trade licence ends within a month", "/vendor/documents/")
    assert [letter.to for letter in mail.outbox] == [[cast.ahmed.email]]
    assert "Your trade licence ends within a month" in mail.outbox[0].subject


def test_only_who_sells_is_warned(cast: Cast) -> None:
    Business.objects.update(licence_expiry=today() + timedelta(days=5))
    cast.pending_vendor()
    licences()
    assert Event.objects.filter(name="business.week_left").count() == 1


@pytest.mark.parametrize(
    ("days", "text"),
    [(200, "200 days left"), (12, "Your trade licence ends in 12 days"), (-2, "ended 2 days ago")],
)
def test_the_page_of_documents_says_how_long(settings: Any, days: int, text: str) -> None:
    settings.RATELIMIT_ENABLE = False
    stage = Stage()
    Business.objects.filter(pk=stage.ahmed_foods.pk).update(licence_expiry=today() + timedelta(days=days))
    client = Client()
    client.force_login(stage.ahmed, backend="accounts.backends.EmailBackend")
    page = re.sub(r"\s+", " ", client.get("/vendor/documents/").content.decode())
    assert text in page
