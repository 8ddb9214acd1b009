"""What may be forgotten, and when: rows that only serve a while are deleted by a daily task."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from core.models import Answer

ANSWERS_KEPT = timedelta(days=7)


def tidy() -> dict[str, int]:
    """Delete answers older than a week and sessions that have ended; says how many of each."""
    answers, _ = Answer.objects.filter(at__lt=Now() - ANSWERS_KEPT).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=Now()).delete()
    return {"answers": answers, "sessions": sessions}
