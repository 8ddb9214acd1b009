"""What workers look after in the catalogue. Being told twice, late or never costs only time."""

from celery import shared_task

from catalog import imports as files
from catalog import index
from catalog import standing as places


@shared_task
def imports() -> None:
    """Go on with a file of products that its vendor has confirmed."""
    files.carry_on()


@shared_task
def clear() -> None:
    """Forget files that nobody confirmed."""
    files.clear()


@shared_task
def wordless() -> None:
    """Read what is on sale and is not found by any word yet."""
    while index.catch_up():
        pass


@shared_task
def standing() -> None:
    """Look again at which products sell and which are in stock."""
    places.renew()
