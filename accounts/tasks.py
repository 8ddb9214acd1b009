"""What the workers look after daily for people."""

from celery import shared_task

from accounts import attempts


@shared_task
def attempts_tidy() -> None:
    """Forget failed sign-ins that count no more."""
    attempts.tidy()
