"""The second factor: a code that works once, a list for the day the phone is lost, and staff who must have one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.tests.factors import code_of, recovery_codes, set_up
from accounts.tests.mailbox import browser, letters
from accounts.tests.signing_in import me, refresh, sign_in
from core.models import Event
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

SECOND = "/accounts/second-factor/"


def login(user: User, code: str | None = None, password: str = PASSWORD) -> Any:
    body = {"email": user.email, "password": password}
    return Api().post("/auth/login", body if code is None else body | {"code": code})


def at_the_second_step(user: User) -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == f"{SECOND}authenticate/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def reauthenticated(user: User) -> Client:
    client = browser(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_ahmed_sets_up_an_app_on_the_page(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    client = reauthenticated(cast.ahmed)
    page = client.get(f"{SECOND}totp/activate/").content.decode()
    found = re.search(r"<code dir=\"ltr\">(\w+)</code>", page)
    assert found
    assert "data:image/svg+xml;base64," in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{SECOND}totp/activate/", {"code": code_of(found[1])})
    assert answer["Location"] == f"{SECOND}recovery-codes/"
    assert client.get(answer["Location"]).content.decode().count("<li><code>") == 10
    assert login(cast.ahmed).status_code == 401
    assert letters(cast.ahmed.email)[-1].subject == "An authenticator app was set up"


def test_the_delicate_pages_ask_for_the_password_first(cast: Cast) -> None:
    set_up(cast.ahmed)
    recovery_codes(cast.ahmed)
    client = browser(cast.ahmed)
    for path in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/"):
        assert client.get(f"{SECOND}{path}")["Location"].startswith("/accounts/reauthenticate/"), path
    for path in ("totp/deactivate/", "recovery-codes/generate/"):
        client.post(f"{SECOND}{path}")
    assert Authenticator.objects.filter(user=cast.ahmed).count() == 2


def test_on_the_page_the_password_alone_opens_nothing(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    client = at_the_second_step(cast.ahmed)
    assert not is_in(client)
    assert client.post(f"{SECOND}authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post(f"{SECOND}authenticate/", {"code": code_of(secret)})
    assert is_in(client)


def test_a_program_is_asked_for_a_code(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    asked = login(cast.ahmed)
    assert (asked.status_code, asked.json()["code"]) == (401, "mfa_required")
    wrong = login(cast.ahmed, "123")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "mfa_invalid")
    assert login(cast.ahmed, code_of(secret)).status_code == 200


def test_a_wrong_password_is_not_told_of_the_second_factor(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    told = login(cast.ahmed, code_of(secret), "wrong")
    assert told.json()["code"] == "invalid_credentials"
    assert login(cast.ahmed, code_of(secret)).status_code == 200


def test_a_code_works_once_whatever_valkey_remembers(cast: Cast, settings: Any) -> None:
    secret = set_up(cast.ahmed)
    code = code_of(secret)
    assert login(cast.ahmed, code).status_code == 200
    assert login(cast.ahmed, code).json()["code"] == "mfa_invalid"
    assert login(cast.ahmed, code_of(secret, -1)).json()["code"] == "mfa_invalid"
    client = at_the_second_step(cast.ahmed)
    client.post(f"{SECOND}authenticate/", {"code": code})
    assert not is_in(client)
    assert login(cast.ahmed, code_of(secret, 1)).status_code == 200


def test_a_clock_may_be_half_a_minute_wrong_and_no_more(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    assert login(cast.ahmed, code_of(secret, -3)).status_code == 401
    assert login(cast.ahmed, code_of(secret, 3)).status_code == 401
    assert login(cast.ahmed, code_of(secret, 1)).status_code == 200


@pytest.mark.parametrize("code", ["", " ", "12345", "١٢٣٤٥٦", "1234567", "000000\x00", "null", "-1"])
def test_garbage_is_no_code(cast: Cast, code: str) -> None:
    set_up(cast.ahmed)
    assert login(cast.ahmed, code).status_code in (400, 401)


def test_a_line_of_the_list_opens_once(cast: Cast) -> None:
    set_up(cast.ahmed)
    first, second, *_rest = recovery_codes(cast.ahmed)
    assert login(cast.ahmed, f"{first[:4]} {first[4:]}").status_code == 200
    assert login(cast.ahmed, first).status_code == 401
    client = at_the_second_step(cast.ahmed)
    client.post(f"{SECOND}authenticate/", {"code": second})
    assert is_in(client)


def test_guessing_codes_is_stopped(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    client = at_the_second_step(cast.ahmed)
    wrong = [client.post(f"{SECOND}authenticate/", {"code": "000000"}).status_code for _ in range(6)]
    assert wrong == [200] * 5 + [429]
    assert client.post(f"{SECOND}authenticate/", {"code": code_of(secret)}).status_code == 429


def test_secrets_lie_encrypted(cast: Cast) -> None:
    secret = set_up(cast.ahmed)
    row = Authenticator.objects.get(user=cast.ahmed)
    assert secret not in str(row.data)


def test_the_key_may_be_changed(cast: Cast, settings: Any) -> None:
    secret = set_up(cast.ahmed)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-fifty-characters-and-some-more-of-them-7"
    assert login(cast.ahmed, code_of(secret)).status_code == 200


@pytest.fixture
def strict(settings: Any) -> None:
    """As in production."""
    settings.SECOND_FACTOR_OF_STAFF = True


@pytest.mark.usefixtures("strict")
def test_staff_set_one_up_before_anything_else(cast: Cast) -> None:
    client = browser(cast.sara)
    for path in ("/admin/", "/admin/vendors/vendor/", "/orders/", "/"):
        assert client.get(path)["Location"] == f"{SECOND}totp/activate/", path
    assert client.get("/account/").status_code == 200
    set_up(cast.sara)
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_programs_of_staff_get_no_token_without_one(cast: Cast) -> None:
    assert login(cast.sara).json()["code"] == "mfa_required"
    secret = set_up(cast.sara)
    assert login(cast.sara, code_of(secret)).status_code == 200


@pytest.mark.usefixtures("strict")
def test_nobody_else_must(cast: Cast) -> None:
    assert login(cast.ahmed).status_code == 200
    assert browser(cast.fatima).get("/orders/").status_code == 200


def reset(by: Client, *people: User) -> Any:
    form = {"action": "reset_factor", "_selected_action": [str(one.pk) for one in people]}
    return by.post("/admin/accounts/user/", form, follow=True)


def test_staff_reset_it_for_somebody_who_lost_the_phone(cast: Cast) -> None:
    set_up(cast.ahmed)
    inside, sara = browser(cast.ahmed), browser(cast.sara)
    reset(sara, cast.ahmed)
    assert not Authenticator.objects.filter(user=cast.ahmed).exists()
    assert not is_in(inside)
    assert login(cast.ahmed).status_code == 200
    event = Event.objects.get(name="person.reset_factor")
    assert (event.actor, event.subject) == ("Staff Sara", str(cast.ahmed.pk))
    assert event.data == {"before": {"factors": "totp"}, "after": {"factors": ""}}
    assert letters(cast.ahmed.email)[-1].subject == "Our staff have reset your second factor"


def test_nobody_resets_their_own_or_what_is_not_there(cast: Cast) -> None:
    set_up(cast.sara)
    sara = browser(cast.sara)
    answer = reset(sara, cast.sara, cast.fatima).content.decode()
    assert "nobody resets their own" in answer
    assert "There is no second factor to reset" in answer
    assert Authenticator.objects.filter(user=cast.sara).exists()
    assert not Event.objects.filter(name="person.reset_factor").exists()


def test_a_new_code_list_ends_the_old_one(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    set_up(cast.ahmed)
    old = recovery_codes(cast.ahmed)[0]
    client = reauthenticated(cast.ahmed)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{SECOND}recovery-codes/generate/")
    assert login(cast.ahmed, old).status_code == 401
    assert letters(cast.ahmed.email)[-1].subject == "New recovery codes were made"


def test_taken_away_by_its_owner_the_password_is_enough(cast: Cast) -> None:
    set_up(cast.ahmed)
    client = reauthenticated(cast.ahmed)
    client.post(f"{SECOND}totp/deactivate/")
    assert login(cast.ahmed).status_code == 200
    assert letters(cast.ahmed.email)[-1].subject == "The authenticator app was removed"


def test_tokens_from_before_live_on(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    set_up(cast.ahmed)
    assert me(pair["access"]).status_code == 200
    assert refresh(pair["refresh"]).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "list"])
def test_of_ten_uses_of_a_code_at_once_one_wins(kind: str, settings: Any) -> None:
    settings.RATELIMIT_ENABLE = False
    ahmed = Cast().ahmed
    secret, start = set_up(ahmed), Barrier(10)
    code = code_of(secret) if kind == "app" else recovery_codes(ahmed)[0]

    def one() -> int:
        try:
            start.wait(30)
            return int(login(ahmed, code).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        codes = [future.result() for future in [pool.submit(one) for _ in range(10)]]
    assert sorted(codes) == [200] + [401] * 9
