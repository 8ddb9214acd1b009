"""Failed sign-ins: each costs a longer pause, kept in the database, where neither a flush nor an outage forgets it.

A pause belongs to an account and a network (a /24 or a /64): a stranger never locks the owner out from elsewhere.
Over all networks a high ceiling an hour ends guessing by the many; the owner is then mailed a link to come in by, and
networks from which they came in lately notice nothing. A try is counted before the password is looked at, in one
statement: of many at once no more pass than may.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import Failure, User
from core.errors import TooMany
from core.limits import client_network
from core.tidying import forget

FREE = 5  # tries without a pause
FIRST, LONGEST = 5, 900  # seconds of the first pause, which doubles, and of the longest
PASSWORDS, CODES = 100, 20  # failures an hour, over all networks
WINDOW, FORGOTTEN, WELCOME = timedelta(hours=1), timedelta(days=1), timedelta(days=30)

COUNT = """
    INSERT INTO accounts_failure AS row (who, network, failures, last_at, until)
    VALUES (%(who)s, %(network)s, 1, clock_timestamp(), clock_timestamp())
    ON CONFLICT (who, network) DO UPDATE SET (failures, until) = (
        SELECT more, clock_timestamp() + CASE WHEN more < %(free)s THEN interval '0' ELSE
            least(%(longest)s, %(first)s * 2 ^ least(more - %(free)s, 20)) * interval '1 second' END
        FROM (SELECT CASE WHEN row.last_at < clock_timestamp() - %(forgotten)s THEN 1
                          ELSE row.failures + 1 END AS more) counted
    ), last_at = clock_timestamp()
    WHERE row.until <= clock_timestamp()
    RETURNING failures
"""
SUM = """
    INSERT INTO accounts_failure AS row (who, network, failures, last_at, until)
    VALUES (%(who)s, '', 1, clock_timestamp(), clock_timestamp() + %(window)s)
    ON CONFLICT (who, network) DO UPDATE SET
        failures = CASE WHEN row.until <= clock_timestamp() THEN 1 ELSE row.failures + 1 END,
        until = CASE WHEN row.until <= clock_timestamp() THEN clock_timestamp() + %(window)s ELSE row.until END,
        last_at = clock_timestamp()
    RETURNING failures
"""


class ByLink(TooMany):
    """429: too many failed from everywhere; the owner was mailed a link to come in by."""

    code = "sign_in_by_link"
    message = _(
        "Too many failed sign-ins. If this account is yours, we have mailed you a link to sign in with."
    )


@dataclass(frozen=True)
class Tries:
    """The tries to be `who` from `network`, and the `most` failures an hour from everywhere."""

    who: str
    network: str
    most: int

    def begin(self) -> None:
        """Count a try. Raises `TooMany` while a pause lasts, `ByLink` above the ceiling."""
        rows = {row.network: row for row in self._rows().filter(network__in=("", self.network))}
        here, everywhere, now = rows.get(self.network), rows.get(""), timezone.now()
        welcome = bool(here and here.welcome and here.welcome > now)
        if everywhere and everywhere.failures >= self.most and everywhere.until > now and not welcome:
            raise ByLink(retry_after=_seconds(everywhere))
        numbers = {"free": FREE, "first": FIRST, "longest": LONGEST, "forgotten": FORGOTTEN}
        if self._counted(COUNT, **numbers) is None:
            raise TooMany(retry_after=_seconds(self._rows().get(network=self.network)))

    def failed(self) -> bool:
        """It was wrong; whether just now the ceiling was reached."""
        return self._counted(SUM, window=WINDOW) == self.most

    def succeeded(self) -> None:
        """It was right: this network begins anew, and is welcome for a month."""
        here = self._rows().filter(network=self.network)
        here.update(failures=0, until=Now(), welcome=Now() + WELCOME)

    def welcomed(self) -> None:
        """The owner came here by another way than a try."""
        Failure.objects.get_or_create(who=self.who, network=self.network)
        self.succeeded()

    def _rows(self) -> Any:
        return Failure.objects.filter(who=self.who)

    def _counted(self, statement: str, **more: Any) -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"who": self.who, "network": self.network, **more})
            row = cursor.fetchone()
        return row[0] if row else None


def _seconds(row: Failure) -> int:
    return max(1, round((row.until - timezone.now()).total_seconds()))


def _hashed(text: str) -> str:
    return salted_hmac("accounts.failure", text, algorithm="sha256").hexdigest()


def of_password(request: HttpRequest, email: str) -> Tries:
    """The tries to guess the password of this e-mail, known or not."""
    return Tries(_hashed(email.strip().lower()), client_network(request), PASSWORDS)


def of_code(request: HttpRequest, user: User) -> Tries:
    """The tries to guess a code of somebody whose password was right."""
    return Tries(_hashed(f"code of {user.pk}"), client_network(request), CODES)


def pauses(email: str = "") -> QuerySet[Failure]:
    """The pauses that last now, of everybody or of who signs in with this e-mail."""
    lasting = Failure.objects.filter(Q(network="", failures__gte=PASSWORDS) | ~Q(network=""), until__gt=Now())
    return lasting.filter(who=_hashed(email.strip().lower())) if email else lasting


def forgive(user: User) -> None:
    """Whoever proved to own the mailbox begins anew from everywhere."""
    Failure.objects.filter(who=_hashed(user.email)).update(failures=0, until=Now())


def tidy(seconds: float = math.inf) -> int:
    """Forget what counts no more, for so long at most; says how many rows."""
    over = Q(last_at__lt=Now() - FORGOTTEN, until__lt=Now()) & (Q(welcome=None) | Q(welcome__lt=Now()))
    return forget(Failure.objects.filter(over), seconds)
