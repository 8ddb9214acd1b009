"""Parts of pages drawn once for all who see the same: what is shown is the key, so no copy can be wrong."""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from threading import Lock
from typing import Any

from django.template.base import Template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language


class Drawn:
    """So many drawings of one template in each process, the oldest dropped."""

    def __init__(self, template: str, most: int) -> None:
        self.template, self.most = template, most
        self._rows: dict[Hashable, SafeString] = {}
        self._turn = Lock()

    def of(self, shown: tuple[Hashable, ...], context: Callable[[], Mapping[str, Any]]) -> SafeString:
        """The drawing of what `shown` says, in the reader's language; `context` is asked only for a new one."""
        key = (get_language(), *shown)
        row = self._rows.get(key)
        if row is None:
            row = _template(self.template).render(Context(dict(context())))
            self._keep(key, row)
        return row

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
