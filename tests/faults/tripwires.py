"""Crash points: between any two steps of paying a process can be made to die as by `kill -9`, once per file laid.

A file `armed/<point>/<name>` holds readable ids; the first process that passes the point with one of them (`*` stands
for all) takes the file away and is gone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

KILLED = 137
POINTS = {
    "ordered": ("payments.api", "once_made", "after"),
    "before-session": ("payments.gateways.sandbox.Sandbox", "open", "before"),
    "after-session": ("payments.gateways.sandbox.Sandbox", "open", "after"),
    "page-kept": ("payments.actions", "open_page", "after"),
    "callback-kept": ("payments.callbacks", "receive", "after"),
    "callback-claimed": ("payments.callbacks", "_claim", "after"),
    "before-settle": ("payments.callbacks", "settle", "before"),
    "amid-settle": ("orders.actions", "pay", "after"),
    "after-settle": ("payments.callbacks", "settle", "after"),
    "after-query": ("payments.gateways.sandbox.Sandbox", "look", "after"),
    "news-claimed": ("core.events", "carry_out", "before"),
    "before-refund": ("payments.gateways.sandbox.Sandbox", "refund", "before"),
    "after-refund": ("payments.gateways.sandbox.Sandbox", "refund", "after"),
    "refund-kept": ("payments.actions", "paid_back", "after"),
}


def install(folder: Path) -> None:
    """Wrap every point; without files they only cost a look into an empty folder."""
    for point, (owner, name, moment) in POINTS.items():
        place = _place(owner)
        setattr(place, name, _wired(getattr(place, name), folder / point, moment))


def _place(owner: str) -> Any:
    """A module, or a class in one."""
    return import_string(owner) if owner.rpartition(".")[2][0].isupper() else import_module(owner)


def _wired(function: Callable[..., Any], folder: Path, moment: str) -> Callable[..., Any]:
    @wraps(function)
    def wired(*args: Any, **options: Any) -> Any:
        if moment == "before":
            _pass(folder, args)
            return function(*args, **options)
        made = function(*args, **options)
        _pass(folder, (*args, made))
        return made

    return wired


def _pass(folder: Path, about: tuple[Any, ...]) -> None:
    files = list(folder.iterdir()) if folder.is_dir() else []
    spoken = " ".join(_words(about)) if files else ""
    for file in files:
        try:
            if any(name == "*" or name in spoken for name in file.read_text().split()):
                file.unlink()
                os._exit(KILLED)
        except FileNotFoundError:
            continue


def _words(things: Any) -> Iterator[str]:
    """Everything by which a payment could be recognised in these things."""
    for thing in things:
        if isinstance(thing, (list, tuple)):
            yield from _words(thing)
        elif isinstance(thing, (str, bytes)):
            yield str(thing)
        for name in ("code", "subject", "reference"):
            yield str(getattr(thing, name, ""))
        for name in ("payment", "event"):
            if inner := getattr(thing, name, None):
                yield from _words([inner])
        if body := getattr(thing, "body", None):
            yield bytes(body).decode(errors="replace")
