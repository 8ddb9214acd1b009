"""Is this address yours? A letter asks; people work meanwhile. Changing the address asks the new one first."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache

from accounts.models import User
from accounts.tests.mailbox import browser, html_of, letters, link_in, the_letter
from accounts.tests.signing_in import me, sign_in
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

HUDA = {
    "name": "Huda", "email": "huda@example.com", "phone": "050 123 4567", "password": PASSWORD,
    "company_name": "Corner Shop",
    "address.line1": "Shop 1", "address.city": "Dubai", "address.emirate": "DXB", "address.phone": "050 123 4567",
}  # fmt: skip


def registered(**headers: str) -> User:
    api = Api()
    answer = api.client.post("/api/retailer/register", HUDA, headers=headers)
    assert answer.status_code == 201, answer.content
    return User.objects.get(email=HUDA["email"])


def verified(user: User) -> bool:
    return bool(me(sign_in(user)["access"]).json()["data"]["email_verified"])


def confirmed(client: Any, path: str) -> None:
    """Open the link and press its button: a look alone, such as a mail scanner's, confirms nothing."""
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302


def test_registering_through_the_api_sends_the_link(cast: Cast) -> None:
    huda = registered()
    assert mail.outbox == []
    letter = the_letter(huda.email)
    assert letter.subject == "Please confirm your e-mail address"
    assert "Huda" in html_of(letter)
    path = link_in(letter)
    assert not verified(huda)
    confirmed(browser(), path)
    assert verified(huda)


def test_registering_on_the_page_sends_it_too(cast: Cast) -> None:
    client = browser()
    form = {name.replace("address.", "address-"): value for name, value in HUDA.items()}
    assert client.post("/register/retailer/", form).status_code == 302
    assert "not confirmed yet" in client.get("/account/").content.decode()
    confirmed(client, link_in(the_letter(HUDA["email"])))
    assert "not confirmed yet" not in client.get("/account/").content.decode()


def test_who_registers_in_arabic_is_written_to_in_arabic(cast: Cast) -> None:
    huda = registered(**{"Accept-Language": "ar"})
    assert huda.language == "ar"
    letter = the_letter(huda.email)
    assert letter.subject == "يُرجى تأكيد بريدك الإلكتروني"
    assert 'dir="rtl"' in html_of(letter)
    link_in(letter)


def test_a_look_at_the_link_confirms_nothing(cast: Cast) -> None:
    huda = registered()
    browser().get(link_in(the_letter(huda.email)))
    assert not verified(huda)


def test_she_may_order_before_that(cast: Cast) -> None:
    assert Api(registered()).get("/orders").status_code == 200


def test_she_asks_for_it_once_more_but_not_every_second(cast: Cast) -> None:
    client = browser(cast.fatima)
    client.post("/account/confirm-email/")
    client.post("/account/confirm-email/")
    assert len(letters(cast.fatima.email)) == 1


def test_a_link_for_a_confirmed_address_says_so(cast: Cast) -> None:
    path = link_in(the_letter(registered().email))
    confirmed(browser(), path)
    assert "no longer works" in browser().get(path).content.decode()


def change(client: Any, email: str) -> None:
    """Ask for another address; allauth wants the password once more first."""
    answer = client.post("/accounts/email/", {"email": email, "action_add": ""})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer["Location"], {"password": PASSWORD})


def test_fatima_changes_her_address(cast: Cast) -> None:
    client, before = browser(cast.fatima), cast.fatima.email
    change(client, "fatima@new.example")
    letter = the_letter("fatima@new.example")
    assert sign_in(cast.fatima)
    confirmed(client, link_in(letter))
    cast.fatima.refresh_from_db()
    assert cast.fatima.email == "fatima@new.example"
    assert verified(cast.fatima)
    told = letters(before)[-1]
    assert told.subject == "Your e-mail address was changed"
    assert "fatima@new.example" in told.body


def test_until_she_confirms_the_old_one_stays(cast: Cast) -> None:
    client, before = browser(cast.fatima), cast.fatima.email
    change(client, "typo@new.example")
    client.post("/accounts/email/", {"email": "better@new.example", "action_add": ""})
    cast.fatima.refresh_from_db()
    assert cast.fatima.email == before
    first, second = letters("typo@new.example"), letters("better@new.example")
    assert (len(first), len(second)) == (0, 1)


def test_giving_the_change_up_keeps_the_old_one(cast: Cast) -> None:
    client, before = browser(cast.fatima), cast.fatima.email
    change(client, "typo@new.example")
    client.post("/accounts/email/", {"email": "typo@new.example", "action_remove": ""})
    client.post("/accounts/email/", {"email": before, "action_remove": ""})
    cast.fatima.refresh_from_db()
    assert cast.fatima.email == before
    assert 'value="typo@new.example"' not in client.get("/accounts/email/").content.decode()


def test_anothers_address_is_neither_taken_nor_told_of(cast: Cast) -> None:
    client = browser(cast.fatima)
    change(client, cast.ahmed.email)
    assert letters(cast.ahmed.email) == []
    cast.fatima.refresh_from_db()
    assert cast.fatima.email != cast.ahmed.email


def test_of_two_who_want_the_same_address_one_gets_it(cast: Cast) -> None:
    clients = {name: browser(getattr(cast, name)) for name in ("fatima", "ahmed")}
    for client in clients.values():
        cache.clear()
        change(client, "wanted@new.example")
    first, second = [link_in(letter) for letter in letters("wanted@new.example")]
    for path in (first, second):
        browser().post(path)
    holders = User.objects.filter(email="wanted@new.example")
    assert holders.count() == 1
