"""Bodies: JSON or multipart, and never more than was asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.test import RequestFactory

from core.bodies import JSON, MULTIPART, WrongMediaType, body_of, documented, read_json
from core.errors import Invalid

KNOWN = {"name", "price"}


class Paper(forms.Form):
    """A form with one field of each kind."""

    email = forms.EmailField()
    licence = forms.FileField()
    logo = forms.FileField(required=False)
    name = forms.CharField(max_length=120)


def body(text: str | bytes, kind: str = JSON) -> Any:
    return body_of(RequestFactory().post("/", text, content_type=kind), known=KNOWN)


def test_numbers_stay_as_they_were_written() -> None:
    assert body('{"price": 32.50}')[0] == {"price": "32.50"}
    assert body('{"price": 1e400}')[0] == {"price": "1e400"}
    assert body('{"price": 7}')[0] == {"price": "7"}


def test_null_is_an_empty_field() -> None:
    assert body('{"name": null}')[0] == {"name": ""}


@pytest.mark.parametrize("value", [True, [], {}, ["a"], {"a": 1}, "a\0b", "\ud800"])
def test_what_is_no_text_is_refused_by_name(value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        body(json.dumps({"name": value}))
    assert list(refused.value.errors) == ["name"]


@pytest.mark.parametrize(
    "text", [" ", "{", "[]", "1", '"a"', "null", '{"price": NaN}', '{"price": -Infinity}', b"\xff"]
)
def test_what_is_no_object_is_malformed(text: str | bytes) -> None:
    with pytest.raises(Invalid) as refused:
        body(text)
    assert refused.value.code == "malformed"


def nested(levels: int) -> str:
    return '{"name":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    "text", ['{"name": 1, "name": 2}', '{"a": {"b": 1, "b": 1}}', nested(33), nested(5000)]
)
def test_a_field_given_twice_or_too_deep_is_malformed(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        body(text)
    assert refused.value.code == "malformed"


def test_thirty_two_levels_are_read() -> None:
    ask = RequestFactory().post("/", nested(32), content_type=JSON)
    assert list(read_json(ask)) == ["name"]


def test_schemas_read_fractions_exactly() -> None:
    ask = RequestFactory().post("/", '{"price": 0.1}', content_type=JSON)
    assert read_json(ask) == {"price": Decimal("0.1")}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_other_kinds_of_body_are_not_read(kind: str) -> None:
    with pytest.raises(WrongMediaType) as refused:
        body("{}", kind)
    assert refused.value.status == 415


def test_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        body('{"role": "staff"}')
    assert str(refused.value.message) == "Unknown field: role"


def test_a_patch_by_multipart_is_read_like_a_post() -> None:
    sent = RequestFactory().post("/", {"name": "Pepsi"})
    patch = RequestFactory().generic("PATCH", "/", sent.body, content_type=sent.headers["Content-Type"])
    assert body_of(patch, known=KNOWN)[0] == {"name": "Pepsi"}


def test_nested_objects_are_read_only_where_they_are_expected() -> None:
    ask = RequestFactory().post("/", {"address": {"city": "Dubai"}}, content_type=JSON)
    assert body_of(ask, known={"address.city"}, nested=("address",))[0] == {"address.city": "Dubai"}
    with pytest.raises(Invalid):
        body_of(ask, known={"address"})


def test_the_documentation_comes_from_the_form() -> None:
    schema = documented(Paper, media=(MULTIPART,))["requestBody"]["content"][MULTIPART]["schema"]
    assert schema["properties"]["licence"] == {"type": "string", "format": "binary"}
    assert schema["properties"]["email"]["format"] == "email"
    assert schema["properties"]["name"]["maxLength"] == 120
    assert schema["required"] == ["email", "licence", "name"]
