"""Refusals: everything the market may answer instead of doing the work.

A refusal is an expected outcome (the seed's "operational error"): it changes nothing, says one sentence to a
person and one code to a program. `core.api` turns it into the envelope, `core.views` into a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

# What the driver raises when the database went away, in the middle of a COMMIT too: the outcome may be unknown.
LOST = (OperationalError, InterfaceError, InternalError)

Errors = Mapping[str, Sequence[StrOrPromise]]


class Refusal(Exception):
    """Base of all refusals. `status` is the HTTP status, `code` the word for programs."""

    status = 400
    code = "invalid"
    message: StrOrPromise = _("This can't be done.")

    def __init__(
        self,
        message: StrOrPromise | None = None,
        *,
        code: str | None = None,
        errors: Errors | None = None,
        facts: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.errors = errors or {}
        self.facts = facts or {}
        self.retry_after = retry_after
        super().__init__(self.message)


class Invalid(Refusal):
    """400: the input is malformed or breaks a rule that a form could have told."""

    message = _("Please check what you entered.")

    @classmethod
    def field(cls, name: str, message: StrOrPromise) -> Invalid:
        """One field is wrong: its sentence is the message too."""
        return cls(message, errors={name: [message]})


class Unauthorized(Refusal):
    """401: no, wrong or expired token."""

    status, code, message = 401, "unauthorized", _("Unauthorized")


class Forbidden(Refusal):
    """403: the right user in the wrong role."""

    status, code, message = 403, "forbidden", _("Forbidden")


class NotThere(Refusal):
    """404: it does not exist, or not for you; the two answer alike."""

    status, code, message = 404, "not_found", _("Not found")


class WrongMethod(Refusal):
    """405: the path is there, but not for this method."""

    status, code, message = 405, "method_not_allowed", _("This method is not allowed here.")


class Broken(Refusal):
    """500: a bug of ours; the request id helps us find it."""

    status, code, message = (
        500,
        "internal_error",
        _("Something went wrong on our side. Please quote the request id."),
    )


class WrongMoment(Refusal):
    """409: a right request at a wrong moment."""

    status, code = 409, "wrong_state"
    message = _("This is no longer possible: somebody has moved it on. Look again.")


class OutOfStock(WrongMoment):
    """409: fewer are left than were asked for. Quantities are in units of the product."""

    code = "out_of_stock"

    def __init__(
        self, product: str, name: str, asked: int, available: int, *, sentence: str | None = None
    ) -> None:
        sentence = sentence or ngettext(
            "Only %(available)d of %(name)s is left; you asked for %(asked)d.",
            "Only %(available)d of %(name)s are left; you asked for %(asked)d.",
            available,
        ) % {"available": available, "name": name, "asked": asked}
        super().__init__(sentence, facts={"product": product, "asked": asked, "available": available})


class TooLarge(Refusal):
    """413: more bytes than we read."""

    status, code, message = 413, "too_large", _("This is too large.")


class KeyReused(Refusal):
    """422: an Idempotency-Key came back with another body."""

    status, code = 422, "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request.")


class TooMany(Refusal):
    """429: a rate limit; `retry_after` is in seconds."""

    status, code = 429, "too_many_requests"
    message = _("Too many requests. Please wait a moment and try again.")


class Away(Refusal):
    """503: a part we need is away; nothing was half done. `retry_after` is in seconds."""

    status, code = 503, "unavailable"
    message = _("A part of AQAD is away for a moment. Please try again.")

    def __init__(self, message: StrOrPromise | None = None, *, retry_after: int = 5) -> None:
        super().__init__(message, retry_after=retry_after)
