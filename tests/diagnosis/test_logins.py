"""People can't sign in: each cause is planted, found and named; nothing secret is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client, RequestFactory

from accounts import attempts
from accounts.lifecycle import BusinessStatus
from accounts.models import Business, Failure, User
from aqad.diagnosis import keys
from core import recent, releases
from core.models import Event, Reaction, Release
from tests.cast import Cast, put
from tests.diagnosis.conftest import Ask, evidence, whats


def test_a_market_that_is_well(cast: Cast, ask: Ask) -> None:
    told = ask("logins")
    assert told["healthy"], told["findings"]
    assert told["measured"]["the page"][0].endswith("200, form yes")


def test_suspended_businesses(cast: Cast, ask: Ask) -> None:
    cast.strangers()
    put(Business.objects.filter(pk__startswith="R"), BusinessStatus.SUSPENDED)
    put(Business.objects.filter(pk__startswith="C"), BusinessStatus.SUSPENDED)
    assert any(each.endswith("people may not work") for each in whats(ask("logins")))


def test_people_who_were_switched_off(cast: Cast, ask: Ask) -> None:
    User.objects.filter(role="retailer").update(is_active=False)
    User.objects.filter(role="driver").update(is_active=False)
    assert "2 inactive" in evidence(ask("logins"), "2 of")


def test_another_key_than_before(cast: Cast, ask: Ask, settings: Any) -> None:
    for person in (cast.ahmed, cast.fatima, cast.bilal):
        Client().force_login(person, backend="accounts.backends.EmailBackend")
    assert ask("logins")["healthy"]
    settings.SECRET_KEY = "another-key-" * 6
    told = ask("logins")
    assert whats(told)[0].startswith("The key is another one")
    assert settings.SECRET_KEY not in str(told)


def test_a_shell_with_another_key_than_the_market(cast: Cast, ask: Ask) -> None:
    Release.objects.create(name="one", key_mark=releases.key_mark())
    assert ask("logins")["healthy"]
    Release.objects.update(key_mark="somethingelse"[:12])
    assert any(each.startswith("This shell has another SECRET_KEY") for each in whats(ask("logins")))


def test_clocks_that_differ(cast: Cast, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    right = keys.host_time
    monkeypatch.setattr(keys, "host_time", lambda: right() + 90)
    assert evidence(ask("logins"), "The clocks") in ("+90.0 s", "+90.1 s", "+89.9 s")


def test_pauses_after_failed_tries(cast: Cast, ask: Ask) -> None:
    hers = attempts.of_password(RequestFactory().get("/"), cast.fatima.email).who
    until = Now() + timedelta(minutes=10)
    Failure.objects.bulk_create(
        Failure(who=hers if n == 1 else f"somebody {n}", network=f"10.0.{n}.0/24", failures=9, until=until)
        for n in range(1, 13)
    )
    assert "12 pauses" in evidence(ask("logins"), "Many stand in a pause")
    told = ask("logins", "--email", cast.fatima.email)
    assert "10.0.1.0/24: 9 failed" in evidence(told, "They stand in a pause")
    assert not evidence(ask("logins", "--email", cast.ahmed.email), "They stand in a pause")


def test_letters_that_do_not_leave(cast: Cast, ask: Ask) -> None:
    event = Event.objects.create(
        name="person.forget", subject=cast.fatima.code, actor="AQAD", at=Now() - timedelta(hours=1)
    )
    Reaction.objects.create(
        event=event, handler="accounts.letters.reset", attempts=7, problem="OSError: refused"
    )
    told = ask("logins")
    assert "OSError: refused" in evidence(told, "Letters do not leave, among them links")
    assert cast.fatima.email not in str(told)


def test_passwords_that_nobody_can_read(cast: Cast, ask: Ask) -> None:
    User.objects.filter(pk=cast.fatima.pk).update(password="argon2$secret-part$x")
    told = ask("logins")
    assert evidence(told, "Passwords are kept") == "argon2 1"
    assert "secret-part" not in str(ask("logins", "--email", cast.fatima.email))


def test_a_host_that_is_not_allowed(cast: Cast, ask: Ask, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert whats(ask("logins"))[0] == "The sign-in page does not come"


def test_origins_that_do_not_fit(cast: Cast, ask: Ask, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://elsewhere.example"]
    assert any(each.startswith("Forms are refused") for each in whats(ask("logins")))


def test_all_people_share_the_limit_of_one_address(cast: Cast, ask: Ask) -> None:
    for _ in range(12):
        recent.note("limited", group="login")
    assert "TRUSTED_PROXIES=0" in evidence(ask("logins"), "Sign-ins run into the limit")


def test_many_refusals_by_reason(cast: Cast, ask: Ask) -> None:
    for _ in range(25):
        recent.note("sign-in", reason="wrong")
    assert evidence(ask("logins"), "25 sign-ins were refused") == "wrong 25"


CASES = {
    "nobody@example.com": "Nobody signs in with this e-mail",
    "inactive": "This account is switched off",
    "pending": "The business is pending approval",
    "passwordless": "This account has no password",
}


@pytest.mark.parametrize("case", CASES)
def test_one_person(cast: Cast, ask: Ask, case: str) -> None:
    person = cast.pending_vendor() if case == "pending" else cast.fatima
    if case == "inactive":
        User.objects.filter(pk=person.pk).update(is_active=False)
    if case == "passwordless":
        person.set_unusable_password()
        person.save()
    told = ask("logins", "--email", case if "@" in case else person.email)
    assert whats(told)[0] == CASES[case]
    assert person.password not in str(told)


def test_one_of_staff_without_a_second_factor(cast: Cast, ask: Ask, settings: Any) -> None:
    assert ask("logins", "--email", cast.sara.email)["healthy"]
    settings.SECOND_FACTOR_OF_STAFF = True
    told = ask("logins", "--email", cast.sara.email)
    assert whats(told) == ["This person must set up a second factor first"]


def test_letters_that_are_only_written_to_a_folder(cast: Cast, ask: Ask, settings: Any) -> None:
    settings.TESTING = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert "Letters are written to a folder and reach nobody" in whats(ask("logins"))


def test_one_person_who_may(cast: Cast, ask: Ask) -> None:
    told = ask("logins", "--email", cast.fatima.email.upper())
    assert told["healthy"], told["findings"]
