"""The past tense of every event: in English for the log, translated for timelines."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_stubs_ext import StrOrPromise

PAST: dict[str, StrOrPromise] = {
    "accept": _("accepted"),
    "approve": _("approved"),
    "apply": _("applied again for"),
    "archive": _("archived"),
    "ask": _("asked for a document of"),
    "assign": _("assigned"),
    "cancel": _("cancelled"),
    "call_off": _("called off"),
    "capture": _("captured"),
    "create": _("created"),
    "deliver": _("delivered"),
    "done": _("paid back"),
    "edit": _("edited"),
    "expire": _("let expire"),
    "fail": _("failed"),
    "hide": _("hid"),
    "list": _("listed"),
    "lose": _("lost sight of"),
    "open": _("opened"),
    "out_for_delivery": _("took out for delivery"),
    "pay": _("paid"),
    "pick_up": _("picked up"),
    "place": _("created"),
    "ready": _("made ready"),
    "register": _("registered"),
    "reinstate": _("reinstated"),
    "reject": _("rejected"),
    "replace": _("replaced"),
    "return": _("brought back"),
    "stock": _("changed the stock of"),
    "strand": _("found no carrier for"),
    "suspend": _("suspended"),
    "take": _("took over"),
    "upload": _("sent"),
    "unhide": _("showed again"),
    "withdraw": _("withdrew"),
}


WHY: dict[str, StrOrPromise] = {
    "card_declined": _("The bank declined the card."),
    "insufficient_funds": _("There is not enough money on the card."),
    "expired": _("The bank's page was open for too long."),
    "cancelled": _("The payment was called off."),
    "order ended": _("The order had ended before it was paid."),
}


def why(code: str) -> str:
    """The reason a gateway gives, in words; what a person wrote stays as it is."""
    return str(WHY.get(code, code))


def past(name: str) -> str:
    """The past tense of an event in the reader's language: `order.accept` → "accepted"."""
    verb = name.rpartition(".")[2]
    return str(PAST.get(verb, verb.replace("_", " ")))


def headline(name: str) -> str:
    """The same as the start of a line in a timeline."""
    return str(capfirst(past(name)))


def sentence(event: Any, noun: str) -> str:
    """The log's line in the words of the trade: "Vendor V1001 created Product P1001"."""
    with override("en"):
        return f"{event.actor} {past(event.name)} {noun} {event.subject}"
