"""The address that leads to the bank without a session opens its own payment, for an hour, and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from payments.models import Payment
from payments.tests.conftest import Bank
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]


def linked(cast: Cast) -> tuple[str, str]:
    """Path and ticket of a new payment of Fatima's."""
    link = urlsplit(cast.order(1)["payments"][0]["redirect_url"])
    return link.path, link.query


def opened(path: str, query: str) -> str:
    """Where it leads somebody who is not signed in."""
    return str(Client().get(f"{path}?{query}").headers["Location"])


def test_it_leads_to_the_bank(cast: Cast, bank: Bank) -> None:
    assert opened(*linked(cast)).startswith(bank.url)


@pytest.mark.parametrize("query", ["", "t=", "t=nonsense", "t=UEFZMTAwMQ:1abc:xyz"])
def test_without_a_ticket_of_ours_it_leads_to_the_sign_in(cast: Cast, query: str) -> None:
    assert "/accounts/login/" in opened(linked(cast)[0], query)


def test_the_ticket_of_one_payment_opens_no_other(cast: Cast) -> None:
    (path, _own), (_path, ticket) = linked(cast), linked(cast)
    assert "/accounts/login/" in opened(path, ticket)
    assert not Payment.objects.exclude(gateway_url="").exists()


def test_a_ticket_is_good_for_an_hour(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    path, ticket = linked(cast)
    monkeypatch.setattr("payments.actions.LINK_SECONDS", -1)
    assert "/accounts/login/" in opened(path, ticket)
