"""How staff find things: by the codes people read, by saved filters, in lists that never count a big table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from core.bodies import NOT_TEXT
from core.templatetags.statuses import look

CODE = re.compile(r"([A-Z]{1,3})([0-9]{1,18})")
MOST = 10_000

Saved = tuple[StrOrPromise, str]


class Capped(Paginator[Any]):
    """Counts no further than `MOST`: beyond that people filter or search."""

    @cached_property
    def count(self) -> int:
        """At most one more than `MOST`."""
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST + 1].count())

    @property
    def capped(self) -> bool:
        """Whether there are more."""
        return self.count > MOST


def key_of(model: type[models.Model], code: str) -> int | str | None:
    """The primary key behind a code of this model; None for anything else."""
    read = CODE.fullmatch(code.strip().upper())
    if read is None or read[1] != getattr(model, "PREFIX", None):
        return None
    return read[0] if isinstance(_key(model), models.CharField) else int(read[2])


def _key(model: type[models.Model]) -> models.Field[Any, Any]:
    """The column of the primary key, of a profile its business's."""
    field: Any = model._meta.pk
    found: models.Field[Any, Any] = field.target_field if field.is_relation else field
    return found


def page_of(code: str) -> str:
    """Where staff look at the thing of this code; empty for one that has no page of theirs."""
    for model in admin.site._registry:
        key = key_of(model, code)
        if key is not None:
            return page_in(f"{model._meta.app_label}_{model._meta.model_name}", key)
    return ""


def page_in(name: str, key: Any) -> str:
    """The Admin's page of a row; `name` is app_model."""
    try:
        return reverse(f"admin:{name}_change", args=[key])
    except NoReverseMatch:
        return ""


def linked(code: str) -> str:
    """The code, as a link where staff can look at it."""
    page = page_of(code)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', page, code) if page else code


def midnight() -> Any:
    """When today began in Dubai."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


class ByStatus(admin.FieldListFilter):
    """Statuses in words, from the lifecycle: no look at the table."""

    def __init__(self, field: Any, request: Any, params: Any, model: Any, *args: Any, **kwargs: Any) -> None:
        self.table = model.LIFECYCLE.table
        self.start, self.kind = model.LIFECYCLE.start, model.LIFECYCLE.noun
        super().__init__(field, request, params, model, *args, **kwargs)

    def expected_parameters(self) -> list[str | None]:
        return ["status__exact"]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """All, and each status there is."""
        asked = self.used_parameters.get("status__exact")
        asked = asked[-1] if isinstance(asked, list) else asked
        reset = changelist.get_query_string(remove=["status__exact"])
        yield {"selected": asked is None, "query_string": reset, "display": _("All")}
        for status in dict.fromkeys([self.start, *(move.target for move in self.table)]):
            query_string = changelist.get_query_string({"status__exact": status})
            label = look(status, self.kind).label
            yield {"selected": asked == status, "query_string": query_string, "display": label}


class Listed(admin.ModelAdmin[Any]):
    """A list for staff.

    `codes` are relations to things with a code, "" the row itself, so that a list of orders is searched by ORD1001,
    PAY1001 or V1001; `told` are columns that keep codes as text. `saved` are filters with a name, as queries.
    """

    codes: ClassVar[Sequence[str]] = ()
    told: ClassVar[Sequence[str]] = ()
    saved: ClassVar[Sequence[Saved]] = ()
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = Capped
    list_per_page = 50

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A code finds its own thing, by keys; anything else is searched as text."""
        found = self.coded(search_term)
        if found:
            return queryset.filter(found), False
        return super().get_search_results(request, queryset, search_term)

    def coded(self, term: str) -> Q:
        """What a code means in this list; empty for a term that is none, or of a kind this list knows nothing of."""
        found = Q()
        for relation in self.codes:
            key = key_of(_at(self.model, relation), term)
            if key is not None:
                found |= Q(**{f"{relation}__pk" if relation else "pk": key})
        if CODE.fullmatch(term.strip().upper()):
            for column in self.told:
                found |= Q(**{column: term.strip().upper()})
        return found

    def filters(self, request: HttpRequest) -> Sequence[Saved]:
        """The saved filters of whoever looks."""
        return self.saved

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the saved filters above the list; a filter no column can hold is a wrong one."""
        if any(NOT_TEXT.search(value) for _name, values in request.GET.lists() for value in values):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        asked = {key: value for key, value in request.GET.items() if key not in ("p", "o", "q")}
        saved = [
            {"label": label, "query": query or ".", "on": dict(parse_qsl(query)) == asked}
            for label, query in self.filters(request)
        ]
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, "saved": saved, **(extra_context or {})})


def _at(model: type[models.Model], relation: str) -> type[models.Model]:
    """The model at the end of a relation such as allocation__payment."""
    for step in filter(None, relation.split("__")):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model


def query(**filters: Any) -> str:
    """The query of a saved filter."""
    return urlencode(filters)


def listing(name: str, **filters: Any) -> str:
    """The address of a list under these filters; `name` is app_model."""
    asked = f"?{query(**filters)}" if filters else ""
    return f"{reverse(f'admin:{name}_changelist')}{asked}"
