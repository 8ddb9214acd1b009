"""What the workers look after daily for vendors."""

from celery import shared_task

from vendors import expiring


@shared_task
def licences() -> None:
    """Warn of licences that end soon."""
    expiring.warn()
