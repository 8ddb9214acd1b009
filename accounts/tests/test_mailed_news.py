"""What concerns Ahmed and Fatima comes as mail too: once, in their language, with a way back to the page."""

from __future__ import annotations

from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db.models.functions import Now

from accounts import letters as letters_module
from accounts import post
from accounts.models import Letter, Notification
from accounts.tests.mailbox import browser, html_of, letters, link_in, the_letter
from aqad.news import NEWS
from aqad.reactions import REACTIONS
from core import events
from core.access import SYSTEM
from core.models import Event, Reaction
from orders import actions as orders
from orders.models import Order
from tests.cast import Cast, workers_run

pytestmark = pytest.mark.django_db


def ordered(cast: Cast) -> Order:
    """Fatima's order for cash at Ahmed's."""
    code = cast.order(method="cash_on_delivery")["orders"][0]["id"]
    found: Order = Order.objects.coded(code).get()
    return found


def speaks(user: Any, language: str) -> None:
    type(user).objects.filter(pk=user.pk).update(language=language)


def again(event: str) -> None:
    """The outbox carries out everything about this event once more."""
    Reaction.objects.filter(event__name=event).update(done_at=None, due_at=Now())
    workers_run()


def test_ahmed_is_mailed_a_new_order(cast: Cast) -> None:
    order = ordered(cast)
    letter = the_letter(cast.ahmed.email)
    assert letter.subject == f"New Order Received · {order.code}"
    assert "Hello Ahmed," in letter.body
    assert order.code in html_of(letter)
    assert link_in(letter) == f"/orders/{order.code}/"
    assert 'dir="ltr"' in html_of(letter)


def test_fatima_reads_arabic_from_right_to_left(cast: Cast) -> None:
    speaks(cast.fatima, "ar")
    order = ordered(cast)
    letter = the_letter(cast.fatima.email)
    assert letter.subject == f"تم إنشاء الطلب بنجاح · {order.code}"
    assert '<html lang="ar" dir="rtl">' in html_of(letter)
    assert link_in(letter) == f"/orders/{order.code}/"
    assert letter.extra_headers["Content-Language"] == "ar"


def test_each_reads_their_own_language(cast: Cast) -> None:
    speaks(cast.fatima, "ar")
    ordered(cast)
    assert "New Order Received" in the_letter(cast.ahmed.email).subject


def test_the_reason_stands_in_it_and_harms_nobody(cast: Cast) -> None:
    order = ordered(cast)
    workers_run()
    mail.outbox.clear()
    orders.reject(order, cast.ahmed, note="Sold out <script>alert(1)</script>")
    letter = the_letter(cast.fatima.email)
    assert "Sold out <script>" in letter.body
    assert "<script>" not in html_of(letter)
    assert "Sold out &lt;script&gt;" in html_of(letter)


def test_a_repeated_reaction_mails_nobody_twice(cast: Cast) -> None:
    ordered(cast)
    assert len(letters(cast.ahmed.email)) == 1
    again("order.place")
    assert len(letters(cast.ahmed.email)) == 1


def test_without_the_claim_it_would(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_claimed", lambda event, email: True)
    ordered(cast)
    workers_run()
    again("order.place")
    assert len(letters(cast.ahmed.email)) == 2


def test_what_another_worker_is_sending_waits_for_it(cast: Cast) -> None:
    ordered(cast)
    event = Event.objects.get(name="order.place")
    Letter.objects.create(event=event, email=cast.ahmed.email, tried_at=Now())
    assert letters(cast.ahmed.email) == []
    assert len(letters(cast.fatima.email)) == 1
    assert Reaction.objects.get(event=event, handler="accounts.letters.news").done_at is None


def test_what_a_dead_worker_had_claimed_is_sent_after_a_minute(cast: Cast) -> None:
    ordered(cast)
    event = Event.objects.get(name="order.place")
    Letter.objects.create(event=event, email=cast.ahmed.email, tried_at=Now() - 2 * post.CLAIM)
    assert len(letters(cast.ahmed.email)) == 1


def test_a_second_copy_would_carry_the_same_name(cast: Cast) -> None:
    ordered(cast)
    first = the_letter(cast.ahmed.email)
    Letter.objects.update(sent_at=None, tried_at=None)
    again("order.place")
    second = letters(cast.ahmed.email)[-1]
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_an_address_that_is_refused_holds_up_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    send = EmailMultiAlternatives.send

    def refusing(letter: EmailMultiAlternatives, *args: Any, **kwargs: Any) -> Any:
        if letter.to == [cast.fatima.email]:
            raise OSError("550 no such mailbox")
        return send(letter, *args, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", refusing)
    ordered(cast)
    assert len(letters(cast.ahmed.email)) == 1
    assert letters(cast.fatima.email) == []
    monkeypatch.undo()
    again("order.place")
    assert (len(letters(cast.ahmed.email)), len(letters(cast.fatima.email))) == (1, 1)


def test_a_mail_server_that_is_away_costs_one_try_and_loses_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Any] = []

    def away(letter: Any, *args: Any, **kwargs: Any) -> None:
        tries.append(letter)
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMultiAlternatives, "send", away)
    ordered(cast)
    workers_run()
    assert len(tries) == 1
    monkeypatch.undo()
    cache.clear()
    again("order.place")
    assert (len(letters(cast.ahmed.email)), len(letters(cast.fatima.email))) == (1, 1)


def test_the_inbox_does_not_wait_for_the_mail_server(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(letter: Any, *args: Any, **kwargs: Any) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMultiAlternatives, "send", away)
    ordered(cast)
    workers_run()
    assert Notification.objects.filter(user=cast.ahmed).count() == 1


def test_nothing_is_mailed_within_the_request(cast: Cast) -> None:
    ordered(cast)
    assert mail.outbox == []


def test_not_every_news_is_worth_a_mail(cast: Cast) -> None:
    cast.order(method="card")
    assert letters(cast.fatima.email) == []
    assert Notification.objects.filter(user=cast.fatima).count() == 1


def test_fatima_wants_no_mail_about_orders(cast: Cast) -> None:
    client = browser(cast.fatima)
    client.post("/account/mail/", {"kinds": ["money", "deliveries", "account"]})
    ordered(cast)
    assert letters(cast.fatima.email) == []
    assert Notification.objects.filter(user=cast.fatima).count() == 1
    page = client.get("/account/").content.decode()
    assert page.count(" checked") == 3


def test_she_may_change_her_mind(cast: Cast) -> None:
    client = browser(cast.fatima)
    client.post("/account/mail/", {})
    client.post("/account/mail/", {"kinds": ["orders"]})
    ordered(cast)
    assert len(letters(cast.fatima.email)) == 1


def test_what_the_account_hangs_on_is_mailed_all_the_same(cast: Cast) -> None:
    browser(cast.ahmed).post("/account/mail/", {})
    events.record(cast.ahmed_foods.business, "business.suspend", SYSTEM)
    letter = the_letter(cast.ahmed.email)
    assert letter.subject.startswith("Your business is suspended")
    assert "Choose which mails" not in html_of(letter)


def test_a_kind_that_does_not_exist_changes_nothing(cast: Cast) -> None:
    browser(cast.fatima).post("/account/mail/", {"kinds": ["gossip"]})
    cast.fatima.refresh_from_db()
    assert cast.fatima.muted == []


def test_who_left_is_mailed_nothing(cast: Cast) -> None:
    type(cast.ahmed).objects.filter(pk=cast.ahmed.pk).update(is_active=False)
    ordered(cast)
    assert letters(cast.ahmed.email) == []


def test_whatever_is_news_reaches_the_inbox() -> None:
    assert [event for event in NEWS if "accounts.inbox.tell" not in REACTIONS[event]] == []


def test_every_letter_has_its_handler() -> None:
    named = {name for handlers in REACTIONS.values() for name in handlers if ".letters." in name}
    assert all(hasattr(letters_module, name.rpartition(".")[2]) for name in named)
