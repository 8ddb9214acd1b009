"""The grammar of Django Admin: moves as buttons, history in view, and nothing written behind the lifecycle's back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import events
from core.errors import NotThere, Refusal
from core.models import Event, Reaction
from core.words import headline


def outside(form: Form, name: str) -> Form:
    """Its fields stand inside the page's own form and belong to another one, `name`."""
    for field in form.fields.values():
        field.widget.attrs["form"] = name
    return form


class Looking(admin.ModelAdmin[Any]):
    """Look, don't touch: staff read these rows, the system writes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Recorded(admin.ModelAdmin[Any]):
    """What staff write here stands in the audit log, with what it was and became; secrets never."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and record the fields that changed."""
        fields = [name for name in form.changed_data if "password" not in name]
        super().save_model(request, obj, form, change)
        if change and fields:
            facts = {
                "before": {name: str(form.initial.get(name)) for name in fields},
                "after": {name: str(form.cleaned_data.get(name)) for name in fields},
            }
            events.record(obj, f"{self.opts.model_name}.edit", request.user, data=facts)  # type: ignore[arg-type]
        elif not change and not hasattr(obj, "LIFECYCLE"):
            events.record(obj, f"{self.opts.model_name}.create", request.user)  # type: ignore[arg-type]


class MovesAdmin(Recorded):
    """A noun with a lifecycle: its open moves are buttons on the change page, its history stands below."""

    verbs: ClassVar[Mapping[str, Callable[..., Any]]] = {}
    change_form_template = "admin/moves_change_form.html"

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        view = self.admin_site.admin_view(self.move)
        return [path("<path:object_id>/moves/<slug:name>/", view, name=name), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Hand the page the moves open to staff and the history."""
        thing = self.get_object(request, unquote(object_id))
        extra: dict[str, Any] = {}
        if thing is not None:
            extra = {
                "moves": [move for move in thing.moves_for(request.user) if move.name in self.verbs],
                "move_url": f"{self.opts.app_label}_{self.opts.model_name}_move",
                "history": Event.objects.filter(subject=thing.code).order_by("-id")[:100],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def move(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Carry out one move; a refusal is a message."""
        thing = self.get_object(request, unquote(object_id))
        if request.method != "POST" or thing is None or name not in self.verbs:
            raise NotThere
        try:
            self.verbs[name](thing, request.user, note=request.POST.get("reason", "").strip()[:500])
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, f"{thing.code}: {headline(name)}")
        return redirect(self.after(thing))

    def after(self, thing: Any) -> str:
        """Where a move leads: back to the thing."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[thing.pk])


class Retried(Looking):
    """Rows a worker carries out, which staff may have tried again; `again` answers whether it will be."""

    actions = ("try_again",)
    again: ClassVar[Callable[..., bool]]

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """The next worker that looks takes them."""
        count = sum(type(self).again(row, request.user) for row in rows)
        sentence = ngettext("%(count)d is tried again now.", "%(count)d are tried again now.", count)
        messages.success(request, sentence % {"count": count})


@admin.register(Event)
class EventAdmin(Looking):
    """The audit log."""

    list_display = ("at", "actor", "what", "subject", "before", "after", "note")
    list_filter = ("name", "at")
    search_fields = ("subject", "actor", "name", "note", "request_id")
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description="event")
    def what(self, event: Event) -> str:
        """In words, its name beside."""
        return format_html("{} <small>{}</small>", headline(event.name), event.name)


@admin.register(Reaction)
class ReactionAdmin(Retried):
    """The outbox: what is still to be done, and what failed."""

    again = staticmethod(events.again)
    list_display = ("code", "event", "handler", "due_at", "attempts", "done_at", "dead", "problem")
    list_filter = ("dead", ("done_at", admin.EmptyFieldListFilter), "handler")
    list_select_related = ("event",)
    search_fields = ("event__subject", "handler", "problem")
    ordering = ("-id",)
    show_full_result_count = False
