"""Parts of pages drawn once for all who see the same: what is shown is the key, so no copy can be wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from html import escape
from threading import Lock
from typing import Any, ClassVar

from django.template.base import Template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

TOKEN = "\ue000token\ue001"  # noqa: S105
"""What a drawing has in place of a form's token, which is somebody's own; private in Unicode, so nobody types it."""

SIGNS = re.compile("[&<>\"']")
FIRST_GAP = 4_097_165_283_301_548_700  # no number of ours


class Drawn:
    """So many drawings of one template in each process, the oldest dropped."""

    every: ClassVar[list[Drawn]] = []

    def __init__(self, template: str, most: int) -> None:
        self.template, self.most = template, most
        self._rows: dict[Hashable, SafeString] = {}
        self._turn = Lock()
        self.every.append(self)

    def of(self, shown: tuple[Hashable, ...], context: Callable[[], Mapping[str, Any]]) -> SafeString:
        """The drawing of what `shown` says, in the reader's language; `context` is asked only for a new one."""
        return self.kept((get_language(), *shown), lambda: self.anew(context()))

    def kept(self, shown: tuple[Hashable, ...], draw: Callable[[], SafeString]) -> SafeString:
        """The drawing of all that `shown` says, its language too; drawn only if it is new."""
        row = self._rows.get(shown)
        if row is None:
            row = draw()
            self._keep(shown, row)
        return row

    def anew(self, context: Mapping[str, Any]) -> SafeString:
        """Drawn for this once."""
        return self.render(context)

    def render(self, context: Mapping[str, Any]) -> SafeString:
        """What the template makes of it."""
        return _template(self.template).render(Context(dict(context)))

    def forget(self) -> None:
        """No drawing is kept any more."""
        self._rows.clear()

    def _keep(self, key: Hashable, row: SafeString) -> None:
        with self._turn:
            if len(self._rows) >= self.most:
                del self._rows[next(iter(self._rows))]
            self._rows[key] = row


class Outlined(Drawn):
    """Drawings with gaps: one for each look, in which the words of each thing of that look are filled.

    A gap looks like a code of ours, so that addresses can be made of it. What is filled in is never searched for gaps.
    """

    def filled(self, look: tuple[Hashable, ...], words: Mapping[str, object]) -> SafeString:
        """The thing of this look and these words: for a new look the template is given `look` and `words`."""
        return SafeString(self._outline(get_language(), look, words) % _all_escaped(words))  # nosec B703

    def joined(self, things: Iterable[tuple[tuple[Hashable, ...], Mapping[str, object]]]) -> SafeString:
        """Things of these looks and words, one after the other."""
        language = get_language()
        parts = [self._outline(language, look, words) % _all_escaped(words) for look, words in things]
        return SafeString("".join(parts))  # nosec B703

    def _outline(
        self, language: str | None, look: tuple[Hashable, ...], words: Mapping[str, object]
    ) -> SafeString:
        known = self._rows.get((language, *look))
        return self.of(look, lambda: {"look": look, "words": _gaps(words)}) if known is None else known

    def anew(self, context: Mapping[str, Any]) -> SafeString:
        """Drawn for this once, its gaps as `%` has them."""
        drawn = super().anew(context).replace("%", "%%")
        for name, gap in context["words"].items():
            drawn = drawn.replace(gap, f"%({name})s")
        return SafeString(drawn)  # nosec B703


def _gaps(names: Iterable[str]) -> dict[str, str]:
    return {name: f"GAP{FIRST_GAP + place}" for place, name in enumerate(names)}


def _all_escaped(words: Mapping[str, object]) -> dict[str, str]:
    return {name: _escaped(word) for name, word in words.items()}


def _escaped(word: object) -> str:
    """As a template does it, in a fifth of the time: nothing is put off here."""
    if isinstance(word, SafeString):
        return word
    text = str(word)
    return escape(text) if SIGNS.search(text) else text


@cache
def _template(name: str) -> Template:
    found: Any = get_template(name)
    return found.template  # type: ignore[no-any-return]
