"""A refusal in JSON: the envelope of the API."""

from __future__ import annotations

from django.http import JsonResponse

from core.errors import Refusal


def refusal_json(refusal: Refusal) -> JsonResponse:
    """`{"success": false, "message", "code", "errors"}` with the refusal's facts beside, and `Retry-After`."""
    body = {
        "success": False,
        "message": str(refusal.message),
        "code": refusal.code,
        "errors": {name: [str(line) for line in lines] for name, lines in refusal.errors.items()},
        **refusal.facts,
    }
    response = JsonResponse(body, status=refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response
