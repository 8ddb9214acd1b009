"""Bodies that a Django form judges: the API accepts JSON or multipart, and one form rules for API and page.

`documented` derives the OpenAPI request body from the same form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core.errors import Invalid, Refusal

NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")  # what PostgreSQL keeps in no text
JSON, MULTIPART = "application/json", "multipart/form-data"
DEEPEST = 32  # levels of objects and lists in JSON


class WrongMediaType(Refusal):
    """415: the body is of a kind that is not read here."""

    status, code = 415, "unsupported_media_type"


def body_of(
    request: HttpRequest,
    *,
    known: set[str],
    media: tuple[str, ...] = (JSON, MULTIPART),
    nested: tuple[str, ...] = (),
) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """The fields and files of a request of one of these `media`; objects named in `nested` come as `name.field`.

    Raises `WrongMediaType`, or `Invalid` for malformed JSON or a field not in `known`.
    """
    refuse_media(request, media)
    if request.content_type == JSON:
        fields, files = _flat(read_json(request, str), nested), MultiValueDict[str, Any]()
    else:
        fields, files = _parsed(request)
    unknown = sorted((set(fields) | set(files)) - known)
    if unknown:
        raise Invalid.field(unknown[0], _("Unknown field: %(name)s") % {"name": unknown[0]})
    return {name: _text(name, value) for name, value in fields.items()}, files


def _parsed(request: HttpRequest) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """Multipart, also for PATCH, which Django leaves unparsed."""
    if request.method == "POST":
        return request.POST.dict(), request.FILES
    fields: QueryDict
    fields, files = request.parse_file_upload(request.META, request)
    return fields.dict(), files


def read_json(request: HttpRequest, fraction: Callable[[str], Any] = Decimal) -> dict[str, Any]:
    """The JSON object in a request; `fraction` makes numbers with a point exact.

    Raises `WrongMediaType`, or `Invalid` (`malformed`) for other JSON, a field given twice, or more than 32 levels.
    """
    refuse_media(request, (JSON,))
    try:
        found = json.loads(
            request.body, parse_constant=_refuse, parse_float=fraction, object_pairs_hook=_each_once
        )
    except (ValueError, RecursionError) as broken:
        raise Invalid(_("The body is not valid JSON."), code="malformed") from broken
    if not isinstance(found, dict):
        raise Invalid(_("The body must be a JSON object."), code="malformed")
    if _deeper_than(DEEPEST, found):
        raise Invalid(_("The body is nested too deeply."), code="malformed")
    return found


def refuse_media(request: HttpRequest, media: tuple[str, ...]) -> None:
    """Raises `WrongMediaType` unless the body is of one of these kinds."""
    if request.content_type not in media:
        raise WrongMediaType(_("Please send %(media)s.") % {"media": _(" or ").join(media)})


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field given twice one reader would see the first and another the last: nobody reads it."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field is given twice")
    return found


def _deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(levels - 1, each) for each in inner)


def _flat(found: dict[str, Any], nested: tuple[str, ...]) -> dict[str, Any]:
    """`{"address": {"city": …}}` as multipart would send it: `address.city`."""
    flat: dict[str, Any] = {}
    for name, value in found.items():
        inner = value.items() if name in nested and isinstance(value, dict) else None
        flat |= {name: value} if inner is None else {f"{name}.{key}": part for key, part in inner}
    return flat


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _text(name: str, value: Any) -> Any:
    """Forms read text; numbers come as they were written, and nothing nested or boolean passes for text."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        label = name.replace("_", " ").capitalize()
        raise Invalid.field(name, _("%(field)s: a text or a number is expected.") % {"field": label})
    text = str(value)
    if NOT_TEXT.search(text):
        raise Invalid.field(name, _("Null characters are not allowed."))
    return text


KINDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.IntegerField: {"type": "integer"},
    forms.DecimalField: {"type": "string", "format": "decimal", "example": "12.50"},
    forms.EmailField: {"type": "string", "format": "email"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.FileField: {"type": "string", "format": "binary"},
}


def documented(
    *shapes: type[forms.Form] | type[forms.ModelForm[Any]], media: tuple[str, ...], prefix: str = ""
) -> dict[str, Any]:
    """The OpenAPI `requestBody` of forms; fields of the second and later forms carry `prefix`."""
    properties, required = {}, []
    for number, shape in enumerate(shapes):
        for name, field in shape().fields.items():
            full = f"{prefix}{name}" if number else name
            properties[full] = _kind(field)
            required += [full] if field.required else []
    schema = {"type": "object", "properties": properties, "required": required}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in media}}}


def _kind(field: forms.Field) -> dict[str, Any]:
    kinds = (facts for kind, facts in KINDS.items() if isinstance(field, kind))
    facts = dict(next(kinds, {"type": "string"}))
    if (most := getattr(field, "max_length", None)) is not None:
        facts["maxLength"] = most
    return facts
