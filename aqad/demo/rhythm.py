"""When people of the trade work: Monday to Saturday by day, in Dubai; the mornings are busiest."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

DUBAI = ZoneInfo("Asia/Dubai")
OPENS, CLOSES = 7, 19
SUNDAY = 6
BUSY = {0: 1.25, 1: 1.1, 2: 1.0, 3: 1.1, 4: 0.8, 5: 0.6, SUNDAY: 0.0}
MORNING = 9.5


def ordering_times(now: datetime, days: int, a_day: float, rng: Random) -> list[datetime]:
    """Moments at which shops ordered in the last `days` days, oldest first."""
    found: list[datetime] = []
    for back in range(days, 0, -1):
        day = now.astimezone(DUBAI) - timedelta(days=back)
        orders = round(a_day * BUSY[day.weekday()] * rng.uniform(0.8, 1.2))
        found += [_on(day, rng) for _ in range(orders)]
    return sorted(found)


def _on(day: datetime, rng: Random) -> datetime:
    hour = min(max(rng.gauss(MORNING, 2.2), OPENS), CLOSES - 0.1)
    return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=round(hour * 3600))


def later(moment: datetime, minutes: float, rng: Random) -> datetime:
    """So many minutes of work afterwards; what would fall into the night happens the next working morning."""
    then = (moment + timedelta(minutes=minutes)).astimezone(DUBAI)
    while not OPENS <= then.hour < CLOSES or then.weekday() == SUNDAY:
        forward = timedelta(days=0 if then.hour < OPENS else 1)
        then = (then + forward).replace(hour=OPENS, minute=rng.randrange(60), second=rng.randrange(60))
    return then


def earlier(moment: datetime, minutes: float, rng: Random) -> datetime:
    """So many minutes of work before; what would fall into the night happened the evening before."""
    then = (moment - timedelta(minutes=minutes)).astimezone(DUBAI)
    while not OPENS <= then.hour < CLOSES or then.weekday() == SUNDAY:
        back = timedelta(days=1 if then.hour < OPENS or then.weekday() == SUNDAY else 0)
        then = (then - back).replace(hour=CLOSES - 1, minute=rng.randrange(60), second=rng.randrange(60))
    return then
