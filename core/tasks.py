"""The relay's tick."""

from celery import shared_task

from core import events


@shared_task
def relay() -> None:
    """Carry out what must follow from what happened."""
    events.relay()
