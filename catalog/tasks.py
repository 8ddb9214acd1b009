"""What workers look after in the catalogue. Being told twice, late or never costs only time."""

from celery import shared_task

from catalog import imports as files


@shared_task
def imports() -> None:
    """Go on with a file of products that its vendor has confirmed."""
    files.carry_on()


@shared_task
def clear() -> None:
    """Forget files that nobody confirmed."""
    files.clear()
