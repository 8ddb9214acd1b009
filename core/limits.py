"""Rate limits: django-ratelimit behind one call that knows what to do when Valkey is away (OWASP API4:2023)."""

from __future__ import annotations

import ipaddress
import time
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import ALL, get_usage
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from core import metrics, recent
from core.errors import TooMany

PAUSE = 5.0  # seconds
PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MOST_WINDOWS = 10_000
LIMITED = metrics.counter("limited", "Requests refused by a limit.", "group")


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


def client_network(request: HttpRequest) -> str:
    """The neighbourhood of the client: the /24 of an IPv4 address, the /64 of an IPv6 one."""
    address = client_address(request)
    return str(ipaddress.ip_network(f"{address}/24", strict=False)) if "." in address else address


def hit(request: HttpRequest, group: str, rate: str, *, key: str = "", closed: bool = True) -> None:
    """Count one request of this client (or of `key`) and raise `TooMany` above `rate`, such as "20/h".

    With Valkey away each process counts alone, up to its share of the rate; where not `closed`, the request passes.
    """
    if not settings.RATELIMIT_ENABLE:
        return
    who = key or client_address(request)
    wait = _shared(request, group, rate, who)
    if wait is None:
        wait = _own.hit((group, who), rate) if closed else 0
    if wait:
        metrics.count(LIMITED, group)
        recent.note("limited", group=group)
        raise TooMany(retry_after=wait)


def _shared(request: HttpRequest, group: str, rate: str, who: str) -> int | None:
    """Seconds to wait (0: go on) as counted in Valkey; None while it is away, asked again only after a pause."""
    if _own.alone:
        return None
    try:
        usage = get_usage(request, group=group, key=lambda *_: who, rate=rate, method=ALL, increment=True)
    except (RedisError, ConnectionInterrupted):
        _own.left_alone()
        return None
    return max(1, usage["time_left"]) if usage and usage["should_limit"] else 0


class Own:
    """What one process counts by itself: a window for each group and client, begun at its first request."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._until = 0.0

    @property
    def alone(self) -> bool:
        """Whether Valkey was away a moment ago, so that asking it would only cost time."""
        return time.monotonic() < self._until

    def left_alone(self) -> None:
        """Valkey did not answer."""
        self._until = time.monotonic() + PAUSE

    def hit(self, what: tuple[str, str], rate: str) -> int:
        """Count one; seconds to wait, 0 within this process's share of the rate (at least one)."""
        most, _, period = rate.partition("/")
        share, now = max(1, int(most) // settings.WEB_WORKERS), time.monotonic()
        with self._turn:
            self._forget(now)
            end, count = self._windows.get(what, (now + PERIODS[period], 0))
            self._windows[what] = (end, count + 1)
        return 0 if count < share else max(1, round(end - now))

    def _forget(self, now: float) -> None:
        """Windows that are over; and the oldest, should there be too many."""
        self._windows = {what: window for what, window in self._windows.items() if window[0] > now}
        while len(self._windows) >= MOST_WINDOWS:
            del self._windows[next(iter(self._windows))]


_own = Own()
