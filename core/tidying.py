"""What may be forgotten, and when: rows that only serve a while are deleted by a daily task."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from core.models import Answer, Audit

ANSWERS_KEPT = timedelta(days=7)
AUDITS_KEPT = timedelta(days=30)


def tidy() -> dict[str, int]:
    """Delete answers older than a week, audit runs older than a month and ended sessions; says how many of each."""
    answers, _ = Answer.objects.filter(at__lt=Now() - ANSWERS_KEPT).delete()
    sessions, _ = Session.objects.filter(expire_date__lt=Now()).delete()
    audits, _ = Audit.objects.filter(at__lt=Now() - AUDITS_KEPT).delete()
    return {"answers": answers, "sessions": sessions, "audits": audits}
