"""Rate limits: django-ratelimit behind one call that knows what to do when Valkey is away (OWASP API4:2023)."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import ALL, get_usage
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from core.errors import Away, TooMany


def client_address(request: HttpRequest) -> str:
    """The client's network: the address seen by the outermost trusted proxy (IPv6 cut to its /64)."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXIES
    seen = hops[-trusted] if 0 < trusted <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def hit(request: HttpRequest, group: str, rate: str, *, key: str = "", closed: bool = True) -> None:
    """Count one request of this client (or of `key`) and raise `TooMany` above `rate`, such as "20/h".

    With Valkey away: `Away` where `closed` (sign-in, sign-up, money), otherwise the request passes.
    """
    if not settings.RATELIMIT_ENABLE:
        return
    who = key or client_address(request)
    try:
        usage = get_usage(request, group=group, key=lambda *_: who, rate=rate, method=ALL, increment=True)
    except (RedisError, ConnectionInterrupted) as away:
        if closed:
            raise Away from away
        return
    if usage and usage["should_limit"]:
        raise TooMany(retry_after=max(1, usage["time_left"]))
