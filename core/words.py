"""The past tense of every event: in English for the log, translated for timelines."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django_stubs_ext import StrOrPromise

PAST: dict[str, StrOrPromise] = {
    "accept": _("accepted"),
    "again": _("tried again"),
    "approve": _("approved"),
    "apply": _("applied again for"),
    "archive": _("archived"),
    "ask": _("asked for a document of"),
    "ask_again": _("asked again about"),
    "assign": _("assigned"),
    "begin": _("began"),
    "cancel": _("cancelled"),
    "broken": _("found broken invariants in"),
    "call_off": _("called off"),
    "capture": _("captured"),
    "close": _("closed"),
    "code_off": _("switched off the hand-over code of"),
    "code_on": _("switched on the hand-over code of"),
    "check": _("looked through"),
    "confirm": _("asked to confirm the address of"),
    "create": _("created"),
    "deliver": _("delivered"),
    "differ": _("found differences in"),
    "done": _("paid back"),
    "drop": _("dropped"),
    "end_session": _("ended a session of"),
    "edit": _("edited"),
    "email": _("changed the e-mail of"),
    "expire": _("let expire"),
    "factor": _("changed the second factor of"),
    "fail": _("failed"),
    "find": _("found"),
    "finish": _("finished"),
    "forget": _("forgot the password of"),
    "guessed": _("saw too many wrong passwords of"),
    "hand_on": _("gave to another carrier"),
    "hide": _("hid"),
    "invite": _("invited a colleague to"),
    "join": _("joined"),
    "leave": _("took a colleague out of"),
    "list": _("listed"),
    "lock": _("locked after wrong codes"),
    "lose": _("lost sight of"),
    "month_left": _("warned of the end of the licence of"),
    "open": _("opened"),
    "out_for_delivery": _("took out for delivery"),
    "password": _("changed the password of"),
    "pay": _("paid"),
    "pick_up": _("picked up"),
    "place": _("created"),
    "ready": _("made ready"),
    "register": _("registered"),
    "reinstate": _("reinstated"),
    "reject": _("rejected"),
    "replace": _("replaced"),
    "reset_factor": _("reset the second factor of"),
    "resolve": _("saw the end of"),
    "return": _("brought back"),
    "sign_out": _("signed out everywhere"),
    "stock": _("changed the stock of"),
    "strand": _("found no carrier for"),
    "suspend": _("suspended"),
    "take": _("took over"),
    "upload": _("sent"),
    "unhide": _("showed again"),
    "uninvite": _("withdrew an invitation to"),
    "unlock": _("unlocked"),
    "unpicture": _("took down a picture of"),
    "week_left": _("warned again of the end of the licence of"),
    "whole": _("found all invariants holding again in"),
    "withdraw": _("withdrew"),
}


WHY: dict[str, StrOrPromise] = {
    "card_declined": _("The bank declined the card."),
    "insufficient_funds": _("There is not enough money on the card."),
    "expired": _("The bank's page was open for too long."),
    "cancelled": _("The payment was called off."),
    "The bank took another amount.": _("The bank took another amount."),
    "order ended": _("The order had ended before it was paid."),
    "The shop was closed.": _("The shop was closed."),
    "The shop refused the goods.": _("The shop refused the goods."),
    "The address is wrong.": _("The address is wrong."),
    "The goods are damaged.": _("The goods are damaged."),
}


def why(code: str) -> str:
    """The reason a gateway or a driver gives, in words; what a person wrote stays as it is, also after a reason."""
    if code in WHY:
        return str(WHY[code])
    head, dot, rest = code.partition(". ")
    known = WHY.get(f"{head}.") if dot else None
    return f"{known} {rest}" if known else code


def past(name: str) -> str:
    """The past tense of an event in the reader's language: `order.accept` → "accepted"."""
    verb = name.rpartition(".")[2]
    return str(PAST.get(verb, verb.replace("_", " ")))


def headline(name: str) -> str:
    """The same as the start of a line in a timeline."""
    return str(capfirst(past(name)))


def sentence(event: Any, noun: str) -> str:
    """The log's line in the words of the trade: "Vendor V1001 created Product P1001"."""
    return f"{event.actor} {_in_english(event.name)} {noun} {event.subject}"


@cache
def _in_english(name: str) -> str:
    with override("en"):
        return past(name)
