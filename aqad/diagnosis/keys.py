"""What a sign-in leaves behind and goes by: sessions, tokens, the key they are signed with, the clocks."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from aqad.diagnosis.grammar import Finding, Seen
from core import releases
from core.models import Release

SKEW = 2.0


def sessions() -> Iterator[Seen]:
    """One is written and read back, and undone; and of those that live, how many the present key opens."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    with transaction.atomic():
        made = store()
        made["diagnose"] = 1
        made.save()
        same = store(made.session_key).get("diagnose") == 1
        transaction.set_rollback(True)
    live = Session.objects.filter(expire_date__gt=Now()).order_by("-expire_date")
    sample = list(live[:50])
    closed = sum(not each.get_decoded() for each in sample)
    yield f"{live.count()} live sessions; of {len(sample)} the key opens {len(sample) - closed}"
    if not same:
        yield Finding(
            97, "A session is not there after it was written", (settings.SESSION_ENGINE,),
            "Look at django_session and its database: is it a replica?",
        )  # fmt: skip
    if closed >= 2 and closed > len(sample) / 4:
        yield Finding(
            94, "The key is another one than sessions were signed with",
            (f"{closed} of {len(sample)} can't be opened",),
            "Put the former SECRET_KEY back, or let everybody sign in again: all tokens and sessions are void.",
        )  # fmt: skip


def tokens() -> Iterator[Seen]:
    """A token is signed and read; and this key is the one that the market started with."""
    token, _payload = internal.create_token("access", sub="diagnose", sid="", claims={}, expires_in=60)
    read = internal.decode_token(token, "access")
    lasting = f"{settings.HEADLESS_JWT_ALGORITHM} tokens of {settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN} s"
    yield f"{lasting}: {'read' if read else 'refused'}"
    if not read:
        yield Finding(
            98, "Tokens are signed and not accepted", (settings.HEADLESS_JWT_ALGORITHM,),
            "Check the key, HEADLESS_JWT_* and this host's clock.",
        )  # fmt: skip
    if len(settings.SECRET_KEY) < 50:
        yield Finding(
            85, "SECRET_KEY is short or empty", (f"{len(settings.SECRET_KEY)} characters",), "Set a long one."
        )
    last = Release.objects.order_by("-started_at").first()
    if last and last.key_mark != releases.key_mark():
        yield Finding(
            91, "This shell has another SECRET_KEY than the market that serves",
            (f"{last.name} started with {last.key_mark}, here it is {releases.key_mark()}",),
            "Compare the environments of web, worker and shell: one key for all, and the same after a deployment.",
        )  # fmt: skip


def host_time() -> float:
    """This host's clock, in seconds since 1970."""
    return timezone.now().timestamp()


def clock() -> Iterator[Seen]:
    """This host's clock beside the database's: tokens go by the one, deadlines by the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        skew = host_time() - float(cursor.fetchone()[0])
    yield f"{skew:+.2f} s beside the database"
    if abs(skew) > SKEW:
        yield Finding(
            82, "The clocks of host and database differ", (f"{skew:+.1f} s",),
            "Start time synchronisation (chrony) on both. Tokens from hosts ahead are refused elsewhere.",
        )  # fmt: skip
