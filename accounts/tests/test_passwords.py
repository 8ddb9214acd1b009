"""Forgotten, changed, and signing out everywhere: what ends, and who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.passwords import KnownPasswordValidator, newcomer
from accounts.tests.mailbox import browser, html_of, letters, link_in, the_letter
from accounts.tests.signing_in import me, refresh, sign_in
from tests.cast import Api, Cast
from tests.factories import PASSWORD
from vendors.tests.applying import application

pytestmark = pytest.mark.django_db

NEW = "Cardamom-and-tea-9"
SAID = re.compile(r' VALUES | WHERE | "s\d+')  # from here on a statement has values


def may_sign_in(user: Any, password: str) -> bool:
    answer = Api().post("/auth/login", {"email": user.email, "password": password})
    return bool(answer.status_code == 200)


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def forgot(email: str) -> Any:
    return Api().post("/auth/password/reset", {"email": email})


def key_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def test_ahmed_forgot_his_password(cast: Cast) -> None:
    assert forgot(cast.ahmed.email).status_code == 200
    assert mail.outbox == []
    letter = the_letter(cast.ahmed.email)
    assert letter.subject == "Choose a new password"
    key = key_of(link_in(letter))
    answer = Api().post("/auth/password/reset/confirm", {"key": key, "password": NEW})
    assert answer.status_code == 200, answer.content
    assert may_sign_in(cast.ahmed, NEW)
    assert not may_sign_in(cast.ahmed, PASSWORD)
    assert letters(cast.ahmed.email)[-1].subject == "Your password was changed"


def test_the_letter_is_in_his_language(cast: Cast) -> None:
    type(cast.ahmed).objects.filter(pk=cast.ahmed.pk).update(language="ar")
    forgot(cast.ahmed.email)
    letter = the_letter(cast.ahmed.email)
    assert letter.subject == "اختر كلمة مرور جديدة"
    assert 'dir="rtl"' in html_of(letter)
    link_in(letter)


def test_known_and_unknown_are_answered_alike(cast: Cast) -> None:
    known, unknown = forgot(cast.ahmed.email.upper()), forgot("nobody@example.com")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(letters(cast.ahmed.email)) == 1
    assert letters("nobody@example.com") == []


def test_known_and_unknown_ask_the_same_of_the_database(cast: Cast) -> None:
    """So the answer takes as long: `benchmarks/enumeration.py` has the times."""
    asked = []
    for email in (cast.ahmed.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as told:
            assert forgot(email).status_code == 200
        asked.append([SAID.split(each["sql"])[0] for each in told])
    assert asked[0] == asked[1]
    assert any("core_event" in sql for sql in asked[1])


def test_the_page_answers_alike_too(cast: Cast) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in (cast.ahmed.email, "nobody@example.com")
    ]
    assert [answer.redirect_chain for answer in answers] == [[("/accounts/password/reset/done/", 302)]] * 2
    assert len(letters(cast.ahmed.email)) == 1
    assert letters("nobody@example.com") == []


def test_the_page_takes_the_new_password(cast: Cast) -> None:
    Client().post("/accounts/password/reset/", {"email": cast.ahmed.email})
    client = Client()
    form = client.get(link_in(the_letter(cast.ahmed.email)), follow=True)
    place = form.redirect_chain[-1][0]
    assert client.post(place, {"password1": NEW, "password2": NEW}).status_code == 302
    assert may_sign_in(cast.ahmed, NEW)


def test_a_link_works_once(cast: Cast) -> None:
    forgot(cast.ahmed.email)
    key = key_of(link_in(the_letter(cast.ahmed.email)))
    Api().post("/auth/password/reset/confirm", {"key": key, "password": NEW})
    answer = Api().post("/auth/password/reset/confirm", {"key": key, "password": "Another-one-77"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["key"])
    assert may_sign_in(cast.ahmed, NEW)


@pytest.mark.parametrize("key", ["x", "-", "1-2", "zzzz-zzzz", "ي-ي", "\x00-1"])
def test_a_made_up_key_is_refused(cast: Cast, key: str) -> None:
    assert Api().post("/auth/password/reset/confirm", {"key": key, "password": NEW}).status_code == 400


def test_a_weak_password_is_refused_and_the_link_lives_on(cast: Cast) -> None:
    forgot(cast.ahmed.email)
    key = key_of(link_in(the_letter(cast.ahmed.email)))
    weak = Api().post("/auth/password/reset/confirm", {"key": key, "password": "12345678"})
    assert (weak.status_code, list(weak.json()["errors"])) == (400, ["password"])
    assert Api().post("/auth/password/reset/confirm", {"key": key, "password": NEW}).status_code == 200


def test_no_link_for_somebody_deactivated(cast: Cast) -> None:
    type(cast.ahmed).objects.filter(pk=cast.ahmed.pk).update(is_active=False)
    forgot(cast.ahmed.email)
    assert letters(cast.ahmed.email) == []


def test_asking_again_and_again_is_stopped(cast: Cast) -> None:
    codes = [forgot(cast.ahmed.email).status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2


def test_a_reset_ends_every_session_and_family(cast: Cast) -> None:
    phone, laptop = sign_in(cast.ahmed), browser(cast.ahmed)
    forgot(cast.ahmed.email)
    key = key_of(link_in(the_letter(cast.ahmed.email)))
    Api().post("/auth/password/reset/confirm", {"key": key, "password": NEW})
    assert me(phone["access"]).status_code == 401
    assert refresh(phone["refresh"]).status_code == 401
    assert not is_signed_in(laptop)


def test_changing_it_on_the_page_ends_the_others(cast: Cast) -> None:
    here, there, phone = browser(cast.ahmed), browser(cast.ahmed), sign_in(cast.ahmed)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/accounts/password/change/", form)["Location"] == "/account/"
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert me(phone["access"]).status_code == 401
    assert the_letter(cast.ahmed.email).subject == "Your password was changed"


def test_changing_it_through_the_api_gives_a_fresh_pair(cast: Cast) -> None:
    other, page = sign_in(cast.ahmed), browser(cast.ahmed)
    api = Api(cast.ahmed)
    answer = api.post("/auth/password/change", {"current": PASSWORD, "new": NEW})
    assert answer.status_code == 200, answer.content
    assert me(answer.json()["data"]["access"]).status_code == 200
    assert refresh(answer.json()["data"]["refresh"]).status_code == 200
    assert me(other["access"]).status_code == me(api.token).status_code == 401
    assert not is_signed_in(page)
    assert may_sign_in(cast.ahmed, NEW)


def test_the_current_password_is_asked_for(cast: Cast) -> None:
    answer = Api(cast.ahmed).post("/auth/password/change", {"current": "guess", "new": NEW})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["current"])
    assert may_sign_in(cast.ahmed, PASSWORD)


def test_guessing_the_current_one_is_stopped(cast: Cast) -> None:
    api = Api(cast.ahmed)
    body = {"current": "guess", "new": NEW}
    assert [api.post("/auth/password/change", body).status_code for _ in range(7)] == [400] * 5 + [429] * 2


def test_a_weak_new_one_is_refused(cast: Cast) -> None:
    answer = Api(cast.ahmed).post("/auth/password/change", {"current": PASSWORD, "new": "password"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["new"])


def test_asking_again_and_again_on_the_page_is_stopped(cast: Cast) -> None:
    form = {"email": cast.ahmed.email}
    codes = [browser().post("/accounts/password/reset/", form).status_code for _ in range(7)]
    assert codes == [302] * 5 + [429] * 2


@pytest.mark.parametrize("leaked", ["1q2w3e4r", "147258369a", "Password"])
def test_one_that_leaked_is_refused(cast: Cast, leaked: str) -> None:
    answer = Api(cast.fatima).post("/auth/password/change", {"current": PASSWORD, "new": leaked})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["new"])


@pytest.mark.parametrize(
    "poor",
    [
        "P@ssw0rd!2026", "Welcome@123", "qwerty-2026", "iloveyou!!!", "Dubai@2026!", "aqad-aqad", "AQAD_2026",
        "Aqad-Trading-LLC-1", "wh0l3sale99", "دبي-٢٠٢٦-دبي", "Fatima-2026", "Fresh.Mart.77", "fr3sh-m4rt",
    ],
)  # fmt: skip
def test_what_others_here_would_guess_is_refused(cast: Cast, poor: str) -> None:
    answer = Api(cast.fatima).post("/auth/password/change", {"current": PASSWORD, "new": poor})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["new"])


@pytest.mark.parametrize(
    "good",
    ["Cardamom-and-tea-9", "dubai-by-night-is-bright", "4b!9", "shop-around-the-corner", "تمر وقهوة وهيل"],
)
def test_words_that_only_begin_like_it_are_not(good: str, cast: Cast) -> None:
    new = good.ljust(8, "x")
    assert (
        Api(cast.fatima).post("/auth/password/change", {"current": PASSWORD, "new": new}).status_code == 200
    )


def test_somebody_new_is_asked_for_no_less() -> None:
    for poor in ("nadia-2026", "Desert-Gold-1", "new.vendor-22"):
        wish = application(
            name="Nadia", company_name="Desert Gold", email="newvendor@example.com", password=poor
        )
        answer = Api().upload("/vendor/register", wish)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["password"]), poor


def test_a_name_made_to_match_slowly_is_not_slow() -> None:
    """Words that overlap are tried in steps: by a pattern this would take years."""
    owner = newcomer("A", "a@b.example", "aaa aaaa aaaaa")
    KnownPasswordValidator().validate("a" * 127 + "b", owner)


def test_signing_out_everywhere_on_the_page(cast: Cast) -> None:
    here, there, phone = browser(cast.ahmed), browser(cast.ahmed), sign_in(cast.ahmed)
    fatima = browser(cast.fatima)
    assert here.post("/account/sign-out-everywhere/").status_code == 302
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert me(phone["access"]).status_code == 401
    assert refresh(phone["refresh"]).status_code == 401
    assert is_signed_in(fatima)
    assert may_sign_in(cast.ahmed, PASSWORD)


def test_signing_out_everywhere_through_the_api(cast: Cast) -> None:
    page, one, two = browser(cast.ahmed), sign_in(cast.ahmed), sign_in(cast.ahmed)
    answer = Api().post("/auth/logout-all", Authorization=f"Bearer {one['access']}")
    assert answer.status_code == 200
    assert me(one["access"]).status_code == me(two["access"]).status_code == 401
    assert refresh(two["refresh"]).status_code == 401
    assert not is_signed_in(page)
