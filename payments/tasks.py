"""What workers look after. Each looks at rows; being told twice, late or never costs only time."""

from celery import shared_task

from payments import asking
from payments.callbacks import apply_due


@shared_task
def callbacks() -> None:
    """Settle what gateways told us."""
    apply_due()


@shared_task
def poll() -> None:
    """Ask gateways about open payments."""
    asking.poll()


@shared_task
def holds() -> None:
    """Free the stock of checkouts nobody paid."""
    asking.release_holds()
