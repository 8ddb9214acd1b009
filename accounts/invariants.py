"""What must always be true of people: what they were told, and what they are signed in with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone

from core.audit import Invariant, Part
from core.moments import WEEK

TELL = "accounts.inbox.tell"
LATELY = f"note.event_id >= {WEEK}"
FAMILIES = 2000
TOKENS = "headless_refresh_tokens"


def _families() -> list[Session]:
    """The sessions that live longest: the newest ones."""
    return list(Session.objects.filter(expire_date__gt=Now()).order_by("-expire_date")[:FAMILIES])


def _with_two_tokens() -> Iterator[str]:
    """Families of which more than one refresh token would still be taken, by the user's id."""
    now = time.time()
    for session in _families():
        kept = session.get_decoded()
        if sum(expires > now for expires in kept.get(TOKENS, {}).values()) > 1:
            yield f"session of {kept.get('_auth_user_id', 'nobody')}"


def _keep_two_tokens() -> None:
    store = SessionStore()
    store[TOKENS] = {"one": time.time() + 60, "two": time.time() + 60}
    store.save()
    Session.objects.filter(pk=store.session_key).update(expire_date=timezone.now() + timedelta(days=999))


INBOXES = (
    Part(
        "somebody has it twice",
        f"""SELECT event.subject || ' ' || event.name AS who
           FROM (
               SELECT event_id FROM accounts_notification note WHERE {LATELY}
               GROUP BY user_id, event_id HAVING count(*) > 1
           ) twice JOIN core_event event ON event.id = twice.event_id""",
        (
            """INSERT INTO accounts_notification (id, user_id, event_id, title, url)
               SELECT gen_random_uuid(), user_id, event_id, title, url FROM accounts_notification
               ORDER BY created_at DESC LIMIT 1""",
        ),
    ),
    Part(
        "somebody was told, and nothing in the outbox said so",
        f"""SELECT event.subject || ' ' || event.name AS who
            FROM accounts_notification note JOIN core_event event ON event.id = note.event_id
            WHERE {LATELY} AND NOT EXISTS (SELECT FROM core_reaction reaction WHERE reaction.event_id >= {WEEK}
                              AND reaction.event_id = note.event_id AND reaction.handler = '{TELL}')""",
        (f"DELETE FROM core_reaction WHERE handler = '{TELL}'",),
    ),
)

INVARIANTS = (
    Invariant(
        "I20",
        "A sign-in has at most one refresh token that is still good",
        lambda: len(_families()),
        (Part("two would be taken", _with_two_tokens, (_keep_two_tokens,)),),
    ),
)
