"""What the workers look after for people."""

from celery import shared_task

from accounts import attempts, devices
from core.turns import TURN


@shared_task
def forget() -> None:
    """Forget failed sign-ins that count no more, and what is left over of sessions that are gone."""
    attempts.tidy(TURN / 2)
    devices.tidy(TURN / 2)
