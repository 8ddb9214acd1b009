"""Bodies that a Django form judges: the API accepts JSON or multipart, and one form rules for API and page.

`documented` derives the OpenAPI request body from the same form.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from core.errors import Invalid, Refusal


class WrongMediaType(Refusal):
    """415: neither JSON nor multipart."""

    status, code, message = 415, "unsupported_media_type", "Send JSON or multipart/form-data."


def body_of(request: HttpRequest, *, known: set[str]) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """The fields and files of a request. Raises `Invalid` for malformed JSON or a field not in `known`."""
    if request.content_type == "application/json":
        fields, files = _json(request), MultiValueDict[str, Any]()
    elif request.content_type == "multipart/form-data":
        fields, files = _parsed(request)
    else:
        raise WrongMediaType
    unknown = sorted((set(fields) | set(files)) - known)
    if unknown:
        raise Invalid.field(unknown[0], f"Unknown field: {unknown[0]}")
    return fields, files


def _parsed(request: HttpRequest) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """Multipart, also for PATCH, which Django leaves unparsed."""
    if request.method == "POST":
        return request.POST.dict(), request.FILES
    fields: QueryDict
    fields, files = request.parse_file_upload(request.META, request)
    return fields.dict(), files


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as broken:
        raise Invalid("The body is not valid JSON.", code="malformed") from broken
    if not isinstance(found, dict):
        raise Invalid("The body must be a JSON object.", code="malformed")
    return {name: _text(name, value) for name, value in found.items()}


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _text(name: str, value: Any) -> Any:
    """Forms read text; numbers come as they were written, and nothing nested or boolean passes for text."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        raise Invalid.field(name, f"{name.replace('_', ' ').capitalize()}: a text or a number is expected.")
    text = str(value)
    if "\x00" in text:
        raise Invalid.field(name, "Null characters are not allowed.")
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


