"""The relay's tick, and the daily tidying."""

from celery import shared_task

from core import events, tidying


@shared_task
def relay() -> None:
    """Carry out what must follow from what happened."""
    events.relay()


@shared_task
def tidy() -> None:
    """Forget what only served a while."""
    tidying.tidy()
