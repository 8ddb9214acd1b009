"""What the workers look after daily for people."""

from celery import shared_task

from accounts import attempts, devices


@shared_task
def forget() -> None:
    """Forget failed sign-ins that count no more, and what is left over of sessions that are gone."""
    attempts.tidy()
    devices.tidy()
