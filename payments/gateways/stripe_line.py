"""The line to Stripe: its SDK on an HTTP client of little patience, and its errors in our words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import stripe
import structlog
import urllib3
from django.conf import settings

from payments.gateways.base import GatewayRefused, GatewayUnsure

stripe.enable_telemetry = False

log = structlog.get_logger("aqad.payments")

TIMEOUT = urllib3.Timeout(connect=1, read=5)
LONGEST_ANSWER = 10.0
LARGEST_ANSWER = 2 * 1024 * 1024
OURS = (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError)
NO = (stripe.CardError, stripe.InvalidRequestError)


class Line(stripe.HTTPClient):
    """One request, one answer: 1 s to connect, 5 s of silence, 10 s and 2 MiB in all, no redirects."""

    name = "urllib3"

    def __init__(self) -> None:
        super().__init__()
        self.http = urllib3.PoolManager(timeout=TIMEOUT, retries=False, ca_certs=stripe.ca_bundle_path)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Body, status and headers. Raises `stripe.APIConnectionError`."""
        try:
            answer = self.http.request(
                method.upper(), url, body=post_data, headers=dict(headers or {}), redirect=False,
                preload_content=False,
            )  # fmt: skip
            return _all_of(answer), answer.status, answer.headers
        except (urllib3.exceptions.HTTPError, OSError) as broken:
            raise stripe.APIConnectionError(type(broken).__name__) from None  # type: ignore[no-untyped-call]


def _all_of(answer: urllib3.BaseHTTPResponse) -> str:
    end, parts, size = time.monotonic() + LONGEST_ANSWER, [], 0
    while part := answer.read1(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER or time.monotonic() > end:
            answer.close()
            raise urllib3.exceptions.HTTPError("too long an answer")
    answer.release_conn()
    return b"".join(parts).decode(errors="replace")


def client() -> stripe.StripeClient:
    """The SDK's client for the key of the settings. Raises `GatewayUnsure` while there is none."""
    if not settings.STRIPE_SECRET_KEY:
        raise GatewayUnsure("STRIPE_SECRET_KEY is not set")
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(key, http_client=Line(), max_network_retries=0, base_addresses={"api": base})


@contextmanager
def asking() -> Iterator[None]:
    """A definite no is `GatewayRefused`; our own mistakes and everything unclear are `GatewayUnsure`.

    The SDK's exceptions carry whole answers, so they are not chained: what is logged of them is kind and code.
    """
    try:
        yield
    except NO as no:
        raise GatewayRefused(no.code or "refused") from None
    except OURS as ours:
        log.error("stripe refuses how we ask", problem=type(ours).__name__, request=ours.request_id)  # noqa: TRY400
        raise GatewayUnsure(type(ours).__name__) from None
    except stripe.StripeError as unclear:
        raise GatewayUnsure(f"{type(unclear).__name__} {unclear.http_status or ''}".strip()) from None
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
        raise GatewayUnsure("an answer we can't read") from None
