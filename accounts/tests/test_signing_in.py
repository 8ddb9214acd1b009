"""Ahmed signs in through the API; others who try learn nothing."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.tests.signing_in import me, sign_in
from tests.cast import Api, Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def login(email: str, password: str = PASSWORD, **more: Any) -> Any:
    return Api().post("/auth/login", {"email": email, "password": password, **more})


def test_ahmed_gets_both_tokens_and_hears_who_he_is(cast: Cast) -> None:
    got = sign_in(cast.ahmed)
    assert set(got) == {"access", "refresh", "expires_in", "user"}
    assert got["expires_in"] == 300
    assert got["user"] == {
        "id": str(cast.ahmed.pk),
        "name": "Ahmed",
        "role": "vendor",
        "business": {"id": cast.ahmed_foods.pk, "name": "Ahmed Foods LLC", "status": "active"},
    }


def test_his_email_is_the_same_in_capitals(cast: Cast) -> None:
    assert login(cast.ahmed.email.upper()).status_code == 200


def test_me_says_who_he_is(cast: Cast) -> None:
    told = me(sign_in(cast.ahmed)["access"]).json()["data"]
    assert (told["email"], told["role"], told["notifications"]) == (cast.ahmed.email, "vendor", 0)
    assert told["business"]["id"] == cast.ahmed_foods.pk


def test_sara_of_staff_has_no_business(cast: Cast) -> None:
    assert sign_in(cast.sara)["user"]["business"] is None


def test_a_wrong_password_and_an_unknown_person_are_answered_alike(cast: Cast) -> None:
    wrong, unknown = login(cast.ahmed.email, "wrong"), login("nobody@example.com", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong.json() == {
        "success": False,
        "message": "Invalid email or password",
        "code": "invalid_credentials",
        "errors": {},
    }


def test_an_unknown_person_costs_as_much_hashing_as_a_known_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    login(cast.ahmed.email, "wrong")
    known = len(hashed)
    login("nobody@example.com", "wrong")
    assert len(hashed) == 2 * known > 0


def test_somebody_whose_account_is_closed_is_answered_like_a_stranger(cast: Cast) -> None:
    type(cast.ahmed).objects.filter(pk=cast.ahmed.pk).update(is_active=False)
    assert login(cast.ahmed.email).status_code == 401


def test_a_malformed_email_is_called_invalid(cast: Cast) -> None:
    answer = login("ahmed")
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid email")


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_refused_in_the_envelope(body: bytes) -> None:
    answer = Api().client.post("/api/auth/login", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["success"] is False


def test_a_very_large_body_is_refused_as_too_large() -> None:
    answer = login("ahmed@example.com", "x" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_unknown_fields_are_refused(cast: Cast) -> None:
    answer = login(cast.ahmed.email, role="staff")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"role": ["Unknown field: role"]})


def test_guessing_is_stopped(cast: Cast) -> None:
    api = Api()
    body = {"email": cast.ahmed.email, "password": "guess"}
    codes = [api.post("/auth/login", body).status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2


def test_guessing_elsewhere_does_not_lock_ahmed_out(cast: Cast) -> None:
    thief = Api()
    thief.client.defaults["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(7):
        thief.post("/auth/login", {"email": cast.ahmed.email, "password": "guess"})
    assert login(cast.ahmed.email).status_code == 200


def test_signing_in_needs_no_csrf_token_and_leaves_no_session_cookie(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"email": cast.ahmed.email, "password": PASSWORD}
    answer = client.post("/api/auth/login", body, content_type="application/json")
    assert answer.status_code == 200
    assert not answer.cookies


def test_tokens_are_kept_by_no_cache(cast: Cast) -> None:
    body = {"email": cast.ahmed.email, "password": PASSWORD}
    signed_in = Api().post("/auth/login", body)
    refreshed = Api().post("/auth/refresh", {"refresh": signed_in.json()["data"]["refresh"]})
    assert "no-store" in signed_in["Cache-Control"]
    assert "no-store" in refreshed["Cache-Control"]


@pytest.mark.parametrize("path", ["/auth/login/", "/auth/login"])
def test_a_trailing_slash_works_on_a_post(cast: Cast, path: str) -> None:
    assert Api().post(path, {"email": cast.ahmed.email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize("path", ["/auth/me/", "/products/", "/categories/", "/products"])
def test_a_trailing_slash_works_on_a_get(cast: Cast, path: str) -> None:
    assert Api(cast.ahmed).get(path).status_code == 200


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/nothing/", "/products/nothing/here"])
def test_an_unknown_path_is_refused_in_the_envelope(path: str) -> None:
    answer = Client().get(f"/api{path}", follow=True)
    assert answer.status_code == 404
    if path:
        assert answer.json() == {"success": False, "message": "Not found", "code": "not_found", "errors": {}}


def test_a_wrong_method_is_refused_in_the_envelope() -> None:
    answer = Api().call("PUT", "/auth/login")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/api/products", "/api/auth/me", "/api/nothing", "/accounts/login/", "/nothing"]
)
def test_every_answer_carries_a_request_id(cast: Cast, path: str) -> None:
    client = Client()
    fresh = client.get(path)["X-Request-ID"]
    assert len(fresh) == 32
    mine = uuid.uuid4().hex
    assert client.get(path, headers={"X-Request-ID": mine})["X-Request-ID"] == mine
    assert client.get(path, headers={"X-Request-ID": "a b\tc"})["X-Request-ID"] != "a b\tc"
