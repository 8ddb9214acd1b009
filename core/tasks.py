"""The relay's tick, the audit, and the tidying."""

from celery import shared_task

from core import audit as auditing
from core import events, tidying
from core.turns import TICK, TURN


@shared_task
def relay() -> None:
    """Carry out what must follow from what happened."""
    events.relay(TICK)


@shared_task(soft_time_limit=900, time_limit=930)
def audit() -> None:
    """Look whether every invariant holds."""
    auditing.watch()


@shared_task
def tidy() -> None:
    """Forget what only served a while."""
    tidying.tidy(TURN)
