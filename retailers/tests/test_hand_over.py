"""Fatima decides whether drivers are asked for a code."""

from __future__ import annotations

import pytest
from django.test import Client

from core.models import Event
from retailers.models import Retailer
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def fatima(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.fatima)
    return client


def asks(cast: Cast) -> bool:
    return Retailer.objects.get(pk=cast.fresh_mart.pk).asks_code


def test_it_is_on_from_the_start(cast: Cast, fatima: Client) -> None:
    assert asks(cast)
    assert 'name="asks_code"' in fatima.get("/addresses/").content.decode()


def test_she_switches_it_off_and_on_and_the_log_says_so_once_each(cast: Cast, fatima: Client) -> None:
    for sent, then in (({}, False), ({}, False), ({"asks_code": "on"}, True)):
        assert fatima.post("/addresses/hand-over/", sent).status_code == 302
        assert asks(cast) is then
    events = Event.objects.filter(name__startswith="business.code_").order_by("id")
    assert [(event.name, event.subject, event.actor_id) for event in events] == [
        ("business.code_off", cast.fresh_mart.pk, cast.fatima.pk),
        ("business.code_on", cast.fresh_mart.pk, cast.fatima.pk),
    ]


def test_huda_switches_only_hers(cast: Cast) -> None:
    cast.strangers()
    huda = Client()
    huda.force_login(cast.huda)
    huda.post("/addresses/hand-over/", {})
    assert asks(cast)
    assert not Retailer.objects.get(pk=cast.corner_shop.pk).asks_code
