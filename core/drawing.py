"""Parts of pages drawn once for all who see the same: what is shown is the key, so no copy can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from threading import Lock
from typing import Any, ClassVar

from django.template.base import Template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

TOKEN = "\ue000token\ue001"  # noqa: S105
"""What a drawing has in place of a form's token, which is somebody's own; private in Unicode, so nobody types it."""


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
        key = (get_language(), *shown)
        row = self._rows.get(key)
        if row is None:
            row = self.anew(context())
            self._keep(key, row)
        return row

    def anew(self, context: Mapping[str, Any]) -> SafeString:
        """Drawn for this once."""
        return _template(self.template).render(Context(dict(context)))

    def forget(self) -> None:
        """No drawing is kept any more."""
        self._rows.clear()

    def _keep(self, key: Hashable, row: SafeString) -> None:
        with self._turn:
            if len(self._rows) >= self.most:
                del self._rows[next(iter(self._rows))]
            self._rows[key] = row


@cache
def _template(name: str) -> Template:
    found: Any = get_template(name)
    return found.template  # type: ignore[no-any-return]
