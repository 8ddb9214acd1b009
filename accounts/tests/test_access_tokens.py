"""An access token speaks for Ahmed for five minutes, and for nobody a moment longer."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import actions, bearing
from accounts.tests.signing_in import UNAUTHORIZED, me, refresh, sign_in
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

ENV = {**os.environ, "AQAD_DEMO": "true"}


def forged(token: str, key: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    """The same token with other claims, signed with our key unless another is given."""
    payload = jwt.decode(token, options={"verify_signature": False}) | claims
    return jwt.encode(payload, settings.SECRET_KEY if key is None else key, algorithm=algorithm)


def refused(answer: Any) -> None:
    assert answer.status_code == 401
    assert answer.json() == UNAUTHORIZED


def test_nobody_is_unauthorized(cast: Cast) -> None:
    refused(Api().get("/auth/me"))
    refused(Api().post("/products", {}))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic eDp5", "Bearer ي"]
)
def test_garbage_is_unauthorized(cast: Cast, header: str) -> None:
    refused(Client().get("/api/auth/me", headers={"Authorization": header}))


def test_an_expired_token_is_unauthorized(cast: Cast) -> None:
    access = sign_in(cast.ahmed)["access"]
    assert me(forged(access, exp=int(time.time()) + 60)).status_code == 200
    refused(me(forged(access, exp=int(time.time()) - 1)))


def test_a_token_that_was_taken_before_ends_in_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    access, now = sign_in(cast.ahmed)["access"], time.time()
    assert me(access).status_code == 200
    monkeypatch.setattr(bearing, "time", SimpleNamespace(time=lambda: now + 301))
    refused(me(access))


def test_a_token_of_another_key_is_unauthorized(cast: Cast) -> None:
    access = sign_in(cast.ahmed)["access"]
    refused(me(forged(access, key="x" * 64)))
    refused(me(forged(access, key="", algorithm="none")))
    refused(me(forged(access, algorithm="HS512")))


def test_a_refresh_token_is_no_access_token(cast: Cast) -> None:
    refused(me(sign_in(cast.ahmed)["refresh"]))


def test_an_access_token_is_no_refresh_token(cast: Cast) -> None:
    refused(refresh(sign_in(cast.ahmed)["access"]))


def test_a_token_for_another_person_than_its_session_is_unauthorized(cast: Cast) -> None:
    refused(me(forged(sign_in(cast.ahmed)["access"], sub=str(cast.sara.pk))))


def test_a_role_written_into_a_token_counts_for_nothing(cast: Cast) -> None:
    access = forged(sign_in(cast.fatima)["access"], role="vendor")
    assert Api().post("/products", {}, Authorization=f"Bearer {access}").status_code == 403


def test_a_session_cookie_is_not_accepted(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ahmed)
    assert client.get("/vendor/documents/").status_code == 200
    refused(client.get("/api/auth/me"))
    refused(client.post("/api/products", {}))


def test_the_session_behind_a_token_opens_no_page(cast: Cast) -> None:
    access = sign_in(cast.ahmed)["access"]
    sid = jwt.decode(access, options={"verify_signature": False})["sid"]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = sid
    assert client.get("/vendor/documents/").status_code == 302


def test_suspending_the_business_ends_its_access_at_once(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    assert me(pair["access"]).status_code == 200
    actions.suspend(cast.ahmed_foods.business, cast.sara, note="Complaints.")
    refused(me(pair["access"]))
    refused(refresh(pair["refresh"]))
    answer = Api().post("/auth/login", {"email": cast.ahmed.email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_not_active")


def test_reinstated_he_signs_in_again(cast: Cast) -> None:
    actions.suspend(cast.ahmed_foods.business, cast.sara)
    actions.reinstate(cast.ahmed_foods.business, cast.sara)
    assert sign_in(cast.ahmed)["access"]


def test_closing_his_account_ends_his_access_at_once(cast: Cast) -> None:
    access = sign_in(cast.ahmed)["access"]
    type(cast.ahmed).objects.filter(pk=cast.ahmed.pk).update(is_active=False)
    refused(me(access))


def test_a_new_password_ends_every_access(cast: Cast) -> None:
    pair = sign_in(cast.ahmed)
    cast.ahmed.set_password("Cardamom-and-tea-9")
    cast.ahmed.save()
    refused(me(pair["access"]))
    refused(refresh(pair["refresh"]))


def test_a_token_of_an_expired_session_is_unauthorized(cast: Cast) -> None:
    access = sign_in(cast.ahmed)["access"]
    assert me(access).status_code == 200
    Session.objects.update(expire_date=timezone.now())
    refused(me(access))


def test_a_token_whose_person_is_no_key_is_unauthorized(cast: Cast) -> None:
    refused(me(forged(sign_in(cast.ahmed)["access"], sub="1 OR 1=1")))


def test_who_holds_a_token_is_asked_once(cast: Cast, django_assert_num_queries: Any) -> None:
    api = Api(cast.ahmed)
    assert api.token
    with django_assert_num_queries(2):  # session with person and business, unread news
        api.get("/auth/me")


def test_what_signing_in_needs_is_imported_before_the_first_request() -> None:
    """Two first sign-ins at once in a fresh process would otherwise meet a half-imported module: 500."""
    look = (
        "import django, sys; django.setup(); import accounts.tokens;"
        "sys.exit('cryptography.hazmat.primitives.ciphers.modes' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False, env=ENV).returncode == 0
