"""Kinds of news. By kind a person chooses what comes as mail too; what the account hangs on always comes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What news is about."""

    ORDERS = "orders", _("Orders")
    DELIVERIES = "deliveries", _("Deliveries")
    MONEY = "money", _("Payments and refunds")
    ACCOUNT = "account", _("Your account and business")


@dataclass(frozen=True)
class Mailed:
    """A line of `aqad/news.py` that goes out by mail too; `always` even to those who want no mail of its kind."""

    title: str
    kind: str
    always: bool = False

    def wanted_by(self, muted: list[str]) -> bool:
        """Whether somebody who wants no mail about `muted` gets it all the same."""
        return self.always or self.kind not in muted


Line = str | Mailed


def title_of(line: Line) -> str:
    """The English source sentence of a line, mailed or not."""
    return line if isinstance(line, str) else line.title
