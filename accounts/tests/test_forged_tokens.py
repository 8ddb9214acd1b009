"""Sixty-odd ways to make a token that we did not make: none of them speaks for anybody."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.conf import settings

from accounts.tests.signing_in import me, refresh, sign_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db

RSA = rsa.generate_private_key(65537, 2048)
Forgeries = Iterator[tuple[str, str]]


def b64(part: bytes | dict[str, Any]) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def signed(header: dict[str, Any], payload: dict[str, Any] | bytes, key: bytes = b"") -> str:
    """By hand, so that no library refuses to make it."""
    body = f"{b64(header)}.{b64(payload)}"
    mac = hmac.new(key or settings.SECRET_KEY.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{b64(mac)}"


def pem(public: Any) -> bytes:
    found: bytes = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return found


def without_our_key(token: str) -> Forgeries:
    """Whoever has no key of ours: other algorithms, other keys, and a header that names a key."""
    _head, body, mac = token.split(".")
    payload = claims(token)
    for alg in ("none", "None", "NONE", "nOnE", "", "null"):
        yield f"alg {alg!r} unsigned", f"{b64({'alg': alg, 'typ': 'JWT'})}.{body}."
        yield f"alg {alg!r} with the old signature", f"{b64({'alg': alg, 'typ': 'JWT'})}.{body}.{mac}"
    yield "RS256 by a key of mine", jwt.encode(payload, RSA, algorithm="RS256")
    yield "PS256 by a key of mine", jwt.encode(payload, RSA, algorithm="PS256")
    yield (
        "ES256 by a key of mine",
        jwt.encode(payload, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
    )
    yield (
        "EdDSA by a key of mine",
        jwt.encode(payload, ed25519.Ed25519PrivateKey.generate(), algorithm="EdDSA"),
    )
    yield (
        "HS256 keyed with a public key",
        signed({"alg": "HS256", "typ": "JWT"}, payload, pem(RSA.public_key())),
    )
    for key in (
        "x" * 64,
        "secret",
        "aqad",
        " ",
        "None",
        "\x00",
        settings.SECRET_KEY[:-1],
        settings.SECRET_KEY + " ",
    ):
        yield f"keyed with {key[:8]!r}", signed({"alg": "HS256", "typ": "JWT"}, payload, key.encode())
    mine = {"kty": "oct", "k": b64(b"x" * 64)}
    for name, value in (
        ("jwk", mine), ("jku", "https://evil.example/keys"), ("x5u", "https://evil.example/cert"), ("x5c", ["AAAA"]),
        ("kid", "../../../../dev/null"), ("kid", "' UNION SELECT 'x"), ("kid", "/proc/self/environ"), ("kid", ""),
        ("crit", ["exp"]), ("zip", "DEF"), ("cty", "JWT"), ("b64", False),
    ):  # fmt: skip
        yield f"{name} {value!r}", signed({"alg": "HS256", "typ": "JWT", name: value}, payload, b"x" * 64)


def edited(token: str) -> Forgeries:
    """A good token with other claims under the old signature."""
    head, _body, mac = token.split(".")
    payload = claims(token)
    for name, value in (
        ("sub", str(uuid.uuid4())), ("exp", 2**40), ("token_use", "refresh"), ("token_use", "access"),
        ("sid", "AAAA"), ("jti", str(uuid.uuid4())), ("role", "staff"), ("iat", 0),
    ):  # fmt: skip
        if payload.get(name) != value:
            yield f"{name} edited", f"{head}.{b64(payload | {name: value})}.{mac}"


def mangled(token: str) -> Forgeries:
    """The right token written wrongly."""
    head, body, mac = token.split(".")
    yield "without a signature", f"{head}.{body}."
    yield "without its last dot", f"{head}.{body}"
    yield "short of a character", token[:-2]
    yield "twice", token + token
    yield "twice with a comma", f"{token},{token}"
    yield "of four parts", f"{token}.{mac}"
    yield "parts exchanged", f"{body}.{head}.{mac}"
    yield "in capitals", token.upper()
    yield "backwards", token[::-1]
    yield "with a null", token + "\x00"
    yield "with a letter of Arabic", token.replace(".", ".ي", 1)
    yield "with full-width dots", token.replace(".", "\uff0e")
    yield "a space within", token.replace(".", " .", 1)
    yield "huge", head + "." + "A" * 3000 + "." + mac
    yield "other signature", f"{head}.{body}.{b64(b'0' * 32)}"
    yield "empty signature bytes", f"{head}.{body}.{b64(b'')}"
    yield "body no JSON", signed({"alg": "HS256"}, b"not json", b"k" * 50)
    yield "body a list", signed({"alg": "HS256"}, b"[]", b"k" * 50)
    yield "JSON instead", json.dumps({"payload": body, "protected": head, "signature": mac})
    yield "five parts, as encrypted", f"{b64({'alg': 'dir', 'enc': 'A256GCM'})}..AAAA.AAAA.AAAA"


def with_our_key(token: str, other: str) -> Forgeries:
    """Even whoever had the key: expired, not yet good, without its claims, or of another session."""
    payload, header, now = claims(token), {"alg": "HS256", "typ": "JWT"}, int(time.time())
    for name, changed in (
        ("expired", {"exp": now - 1}), ("expired as text", {"exp": "yesterday"}), ("not good yet", {"nbf": now + 600}),
        ("issued tomorrow", {"iat": now + 86_400}), ("sub a number", {"sub": 1}), ("sub of nobody", {"sub": "nobody"}),
        ("sub of another", {"sub": claims(other)["sub"]}), ("sid no base64", {"sid": "%%%"}),
        ("sid empty", {"sid": ""}),
        ("sid of nothing", {"sid": b64(b"x" * 48)}), ("sid a list", {"sid": ["x"]}), ("jti null", {"jti": None}),
        ("made by another", {"iss": "https://evil.example"}), ("made by nobody", {"iss": None}),
        ("for another", {"aud": "bank"}), ("for several", {"aud": ["api", "bank"]}), ("for anybody", {"aud": "*"}),
        ("use unknown", {"token_use": "admin"}), ("use missing", {"token_use": None}),
    ):  # fmt: skip
        yield name, signed(header, payload | changed)
    for gone in ("sub", "sid", "jti", "token_use"):
        yield f"no {gone}", signed(header, {name: value for name, value in payload.items() if name != gone})
    yield "another's session", signed(header, payload | {"sid": claims(other)["sid"]})
    yield "HS512", jwt.encode(payload, settings.SECRET_KEY, algorithm="HS512")


def forgeries(token: str, other: str) -> Forgeries:
    """All of them."""
    yield from without_our_key(token)
    yield from edited(token)
    yield from mangled(token)
    yield from with_our_key(token, other)


@pytest.mark.parametrize(("kind", "use"), [("access", me), ("refresh", refresh)])
def test_no_forgery_is_taken(cast: Cast, kind: str, use: Callable[[str], Any]) -> None:
    his, hers = sign_in(cast.ahmed), sign_in(cast.fatima)
    made = dict(forgeries(his[kind], hers[kind]))
    made["the other kind"] = his["access" if kind == "refresh" else "refresh"]
    taken = {
        name: answer for name, token in made.items() if (answer := use(token).status_code) not in (400, 401)
    }
    assert len(made) >= 60
    assert taken == {}
    assert use(his[kind]).status_code == 200
    print(f"{len(made)} forgeries of {kind} tokens: 0 taken")


def test_the_forger_can_make_a_good_one(cast: Cast) -> None:
    """The control: what these tests sign with our key and change nothing in, is taken."""
    pair = sign_in(cast.ahmed)
    made = signed({"alg": "HS256", "typ": "JWT"}, claims(pair["access"]))
    assert me(made).status_code == 200


def test_a_token_of_a_family_that_was_ended_is_no_other_familys(cast: Cast) -> None:
    phone, laptop = sign_in(cast.ahmed), sign_in(cast.ahmed)
    crossed = claims(phone["refresh"]) | {"sid": claims(laptop["refresh"])["sid"]}
    assert refresh(signed({"alg": "HS256", "typ": "JWT"}, crossed)).status_code == 401


def test_an_access_token_names_who_made_it_and_whom_it_is_for(cast: Cast) -> None:
    told = claims(sign_in(cast.ahmed)["access"])
    assert (told["iss"], told["aud"]) == (settings.SITE_URL, "api")


def test_one_of_the_release_before_names_nobody_and_is_good(cast: Cast) -> None:
    told = claims(sign_in(cast.ahmed)["access"])
    before = {name: value for name, value in told.items() if name not in ("iss", "aud")}
    assert me(signed({"alg": "HS256", "typ": "JWT"}, before)).status_code == 200
