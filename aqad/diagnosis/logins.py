"""People can't sign in: the way in, step by step, and who stands before a closed door."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hashers, make_password
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import attempts
from accounts.lifecycle import BusinessStatus
from accounts.models import Business, User
from aqad.diagnosis import database, keys, person, surroundings
from aqad.diagnosis.grammar import Check, Finding, Seen, ago, rows, shares
from core import metrics, recent
from core.models import Event, Reaction

SLOW_HASH = 1.5
VARIABLES = (
    "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL",
    "TRUSTED_PROXIES",
)  # fmt: skip
HOUR = timedelta(hours=1)
MANY = 10


def checks(email: str = "") -> list[Check]:
    """In the order of a sign-in."""
    case = [Check(f"the case of {email}", lambda: person.case(email))] if email else []
    return [
        *case,
        Check("database", database.answers, apart=True),
        Check("the page", page, apart=True),
        Check("hosts and cookies", hosts),
        Check("environment", environment),
        Check("people", people),
        Check("passwords", passwords),
        Check("failed sign-ins", failures),
        Check("limits", limited),
        Check("sessions", keys.sessions, apart=True),
        Check("keys", keys.tokens),
        Check("clock", keys.clock),
        Check("letters", letters),
        Check("requests", lambda: surroundings.requests("login", "auth/", "session")),
        Check("workers", surroundings.workers),
        Check("deployment", surroundings.deployment),
        Check("migrations", database.migrations),
    ]


def page() -> Iterator[Seen]:
    """The sign-in page, asked for as a browser would at SITE_URL."""
    where = urlsplit(settings.SITE_URL)
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False, HTTP_HOST=where.netloc)
    answer = browser.get(reverse(settings.LOGIN_URL), secure=settings.HTTPS)
    form = b"csrfmiddlewaretoken" in answer.content
    yield f"{settings.LOGIN_URL} at {where.netloc}: {answer.status_code}, form {'yes' if form else 'no'}"
    cookies = ", ".join(sorted(answer.cookies)) or "none"
    yield f"cookies: {cookies}"
    if answer.status_code != 200 or not form or settings.CSRF_COOKIE_NAME not in answer.cookies:
        yield Finding(
            96, "The sign-in page does not come", (f"status {answer.status_code}, cookies {cookies}",),
            "Its trace is in the log under this request. 400 means that ALLOWED_HOSTS lacks the host of SITE_URL.",
        )  # fmt: skip


def hosts() -> Iterator[Seen]:
    """What browsers must match: host, scheme, origins, cookie names."""
    where = urlsplit(settings.SITE_URL)
    yield f"SITE_URL {settings.SITE_URL}; cookie {settings.SESSION_COOKIE_NAME}; {settings.TRUSTED_PROXIES} proxies"
    if f"{where.scheme}://{where.netloc}" not in settings.CSRF_TRUSTED_ORIGINS:
        yield Finding(
            88, "Forms are refused: SITE_URL is no trusted origin",
            (f"CSRF_TRUSTED_ORIGINS={settings.CSRF_TRUSTED_ORIGINS}",),
            "Set CSRF_TRUSTED_ORIGINS to the scheme and host that people see.",
        )  # fmt: skip
    if settings.SESSION_COOKIE_SECURE and not settings.HTTPS:
        yield Finding(
            90, "Cookies are for HTTPS alone, and the market is not", (f"SITE_URL={settings.SITE_URL}",),
            "Serve it over HTTPS.",
        )  # fmt: skip
    domain = settings.SESSION_COOKIE_DOMAIN
    if domain and not (where.hostname or "").endswith(domain.lstrip(".")):
        yield Finding(
            90, "The session's cookie belongs to another host", (f"{domain} beside {where.hostname}",),
            "Take SESSION_COOKIE_DOMAIN away.",
        )  # fmt: skip


def environment() -> Iterator[Seen]:
    """Which variables this shell was given; their values are nobody's business."""
    given = [name for name in VARIABLES if os.environ.get(name)]
    yield f"set: {', '.join(given) or 'none'}; by default: {', '.join(sorted({*VARIABLES} - {*given}))}"
    if "filebased" in settings.EMAIL_BACKEND and not settings.DEMO and not settings.TESTING:
        yield Finding(
            72,
            "Letters are written to a folder and reach nobody",
            (settings.EMAIL_BACKEND,),
            "Set EMAIL_URL.",
        )


def people() -> Iterator[Seen]:
    """Who may work, and whose business or account is closed."""
    told = User.objects.exclude(role="staff").aggregate(
        all=Count("pk"),
        inactive=Count("pk", filter=Q(is_active=False)),
        alone=Count("pk", filter=Q(membership=None)),
    )
    status = Q(membership__business__status=BusinessStatus.SUSPENDED)
    suspended = User.objects.filter(status).count()
    by_status = dict(Business.objects.values_list("status").annotate(Count("pk")).order_by())
    yield f"{told['all']} people: {told['inactive']} inactive, {told['alone']} without a business"
    yield f"businesses: {shares(by_status)}"
    shut = told["inactive"] + suspended + told["alone"]
    lately = Event.objects.filter(name="business.suspend", at__gt=Now() - timedelta(days=1)).order_by("-pk")
    if shut >= 2 and shut > 0.2 * told["all"]:
        who = tuple(
            f"{event.at:%Y-%m-%d %H:%M} {event.actor} suspended {event.subject}: {event.note}"
            for event in lately[:5]
        )
        yield Finding(
            78, f"{shut} of {told['all']} people may not work",
            (f"{suspended} in suspended businesses, {told['inactive']} inactive, {told['alone']} without one", *who),
            "Look in the Admin who closed them; a business is opened again by `reinstate`, a person by `active`.",
        )  # fmt: skip


def passwords() -> Iterator[Seen]:
    """How long one password takes, and whether every kept hash can still be read."""
    began = time.perf_counter()
    check_password("diagnose", make_password("diagnose"))
    seconds = (time.perf_counter() - began) / 2
    yield f"one password takes {seconds * 1000:.0f} ms with {get_hashers()[0].algorithm}"
    if seconds > SLOW_HASH:
        yield Finding(
            65, "Checking a password takes very long", (f"{seconds:.1f} s",),
            "The processor is too busy (see the machine), or PASSWORD_HASHERS asks for too much.",
        )  # fmt: skip
    known = {hasher.algorithm for hasher in get_hashers()}
    kept = rows("SELECT split_part(password, '$', 1), count(*) FROM accounts_user GROUP BY 1")
    foreign = {name: count for name, count in kept if name not in known and not name.startswith("!")}
    if foreign:
        yield Finding(
            92, "Passwords are kept in a form that nothing here can read", (shares(foreign),),
            "Put their hasher back into PASSWORD_HASHERS, after the first; or let these people choose a new password.",
        )  # fmt: skip


def failures() -> Iterator[Seen]:
    """Pauses after failed tries, which are kept in the database, and what was refused lately and why."""
    lasting = attempts.pauses()
    ceiling = lasting.filter(network="").count()
    pausing = lasting.count() - ceiling
    yield f"{pausing} pauses after failed tries last now"
    if pausing >= MANY or ceiling:
        yield Finding(
            70, "Many stand in a pause after failed tries",
            (f"{pausing} pauses, {ceiling} accounts over the ceiling",),
            "From one network? then somebody guesses. From many? then look for what makes right passwords wrong.",
        )  # fmt: skip
    reasons = Counter(str(line["reason"]) for line in recent.lately("sign-in", HOUR))
    since = metrics.sums("aqad_sign_ins_total", "outcome")
    yield f"in an hour refused: {shares(reasons) or 'none'}; since the start: {shares(since) or 'none'}"
    if sum(reasons.values()) >= 2 * MANY:
        yield Finding(
            66, f"{sum(reasons.values())} sign-ins were refused within an hour", (shares(reasons),),
            "wrong: guessing, or a broken hasher; not_active: see the people above.",
        )  # fmt: skip


def limited() -> Iterator[Seen]:
    """Requests refused by a limit; behind a proxy that is not told of, everybody shares one address."""
    groups = Counter(str(line["group"]) for line in recent.lately("limited", HOUR))
    yield f"refused by limits in an hour: {shares(groups) or 'none'}"
    if groups.get("login", 0) >= MANY:
        yield Finding(
            74, "Sign-ins run into the limit of an address",
            (f"{groups['login']} times; TRUSTED_PROXIES={settings.TRUSTED_PROXIES}",),
            "With a proxy in front set TRUSTED_PROXIES, or all people count as one; otherwise somebody hammers.",
        )  # fmt: skip


def letters() -> Iterator[Seen]:
    """Letters with a new password or a confirmation that have not left."""
    waiting = Reaction.objects.filter(handler__startswith="accounts.letters", done_at=None)
    stuck = list(
        waiting.filter(Q(dead=True) | Q(event__at__lt=Now() - timedelta(minutes=5))).select_related("event")[
            :200
        ]
    )
    yield f"{waiting.count()} letters wait, {len(stuck)} for more than 5 minutes"
    yield f"mail leaves by {settings.EMAIL_BACKEND.rpartition('.')[2]} {settings.EMAIL_HOST or ''}".strip()
    if stuck:
        kinds = Counter(each.handler.rpartition(".")[2] for each in stuck)
        first = stuck[0]
        waited = ago((timezone.now() - first.event.at).total_seconds())
        yield Finding(
            76, "Letters do not leave, among them links to sign in again" if kinds["reset"] else "Letters do not leave",
            (shares(kinds), f"the oldest waits {waited}, {first.attempts} tries: {first.problem[:160]}"),
            "Check EMAIL_URL and the mail server, then: manage.py relay. Dead ones: Admin, Outbox, try again.",
        )  # fmt: skip
