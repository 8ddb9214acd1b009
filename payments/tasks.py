"""What workers look after. Each looks at rows; being told twice, late or never costs only time."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from core.errors import WrongMoment
from core.turns import TICK, TURN
from payments import asking
from payments.callbacks import apply_due
from payments.gateways.base import GatewayUnsure
from payments.reconciling import reconcile

log = structlog.get_logger("aqad.payments")


@shared_task
def callbacks() -> None:
    """Settle what gateways told us."""
    apply_due(TICK)


@shared_task
def poll() -> None:
    """Ask gateways about open payments."""
    asking.poll(TICK)


@shared_task
def holds() -> None:
    """Free the stock of checkouts nobody paid."""
    asking.release_holds(TURN)


@shared_task(soft_time_limit=900, time_limit=960)
def books(days: int = 0) -> bool:
    """Compare our book with the gateway's: since the last time, or over so many days. False: another time."""
    since = timezone.now() - timedelta(days=days) if days else None
    try:
        reconcile(settings.PAYMENT_GATEWAY, since=since)
    except (GatewayUnsure, WrongMoment) as later:
        log.warning("books not compared", why=str(later))
        return False
    return True


@shared_task(soft_time_limit=900, time_limit=960)
def month() -> bool:
    """Compare thirty-five days of both books: what a gateway wrote late is found too. False: another time."""
    found: bool = books(days=35)
    return found
