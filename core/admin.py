"""The grammar of Django Admin: moves as buttons, history in view, and nothing written behind the lifecycle's back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.forms import CharField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import events
from core.desk import Listed, Saved, linked, midnight, query
from core.errors import NotThere, Refusal
from core.models import Audit, Event, Reaction
from core.templatetags.statuses import look
from core.words import headline

LONG = 30


def outside(form: Form, name: str) -> Form:
    """Its fields stand inside the page's own form and belong to another one, `name`."""
    for field in form.fields.values():
        field.widget.attrs["form"] = name
    return form


def on_each(request: HttpRequest, rows: QuerySet[Any], verb: Callable[[Any], Any]) -> list[Any]:
    """One verb on each row; what was refused is told by name. Answers the others."""
    done = []
    for row in rows:
        try:
            verb(row)
        except Refusal as refusal:
            messages.error(request, f"{getattr(row, 'code', row)}: {refusal.message}")
        else:
            done.append(row)
    return done


class Looking(Listed):
    """Look, don't touch: staff read these rows, the system writes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Recorded(Listed):
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
    bulk: ClassVar[Sequence[str]] = ()
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
                "title": str(thing),
                "subtitle": None,
                "moves": [move for move in thing.moves_for(request.user) if move.name in self.verbs],
                "move_url": f"{self.opts.app_label}_{self.opts.model_name}_move",
                "history": Event.objects.filter(subject__in=self.subjects(thing)).order_by("-id")[:100],
                "several": len(self.subjects(thing)) > 1,
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def subjects(self, thing: Any) -> list[str]:
        """The codes whose events are its history."""
        return [thing.code]

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> Any:
        return super().get_action_choices(request, default_choices or [("", _("With the chosen ones…"))])

    def get_actions(self, request: HttpRequest) -> Any:
        """Its verbs for many at once: `bulk` names those that make sense so."""
        labels = {move.name: move.label for move in self.model.LIFECYCLE.table}
        mine = {name: (_each(name), name, labels[name]) for name in self.bulk}
        return {**super().get_actions(request), **mine}

    def many(self, request: HttpRequest, name: str, rows: QuerySet[Any]) -> None:
        """One verb on each row; what was refused is told by name."""
        reason = request.POST.get("reason", "").strip()[:500]
        done = on_each(request, rows, lambda row: self.verbs[name](row, request.user, note=reason))
        if done:
            messages.success(request, f"{headline(name)}: {', '.join(row.code for row in done)}")

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


def _each(name: str) -> Callable[..., None]:
    """The action of that verb, as Django calls it."""
    return lambda desk, request, rows: desk.many(request, name, rows)


class ReasonForm(ActionForm):
    """What to do with the chosen rows, and why."""

    reason = CharField(label=_("Reason"), required=False, max_length=500)


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

    list_display = ("at", "actor", "what", "of", "was", "became", "note")
    list_filter = ("at",)
    search_fields = ("subject", "actor", "name", "note", "request_id")
    told = ("subject",)
    ordering = ("-id",)

    def coded(self, term: str) -> Q:
        """A business did things too: Vendor V1001, Driver Bilal of C3001."""
        code, found = term.strip().upper(), super().coded(term)
        return found | Q(actor__endswith=f" {code}") if found and code[0] in "VRC" else found

    def filters(self, request: HttpRequest) -> Sequence[Saved]:
        today = str(midnight())
        return [
            (_("All"), ""),
            (_("My actions today"), query(actor_id__exact=request.user.pk, at__gte=today)),
            (_("Staff today"), query(actor__startswith="Staff ", at__gte=today)),
        ]

    @admin.display(description=_("event"), ordering="name")
    def what(self, event: Event) -> str:
        """In words, its name beside."""
        return format_html("{} <small>{}</small>", headline(event.name), event.name)

    @admin.display(description=_("subject"), ordering="subject")
    def of(self, event: Event) -> str:
        """With the way to it; of a key that nobody reads the beginning."""
        return linked(event.subject) if len(event.subject) < LONG else f"{event.subject[:8]}…"

    @admin.display(description=_("before"), ordering="before")
    def was(self, event: Event) -> str:
        """The status it had, in words."""
        return str(look(event.before, event.noun).label) if event.before else "–"

    @admin.display(description=_("after"), ordering="after")
    def became(self, event: Event) -> str:
        """The status it got, in words."""
        return str(look(event.after, event.noun).label) if event.after else "–"


@admin.register(Reaction)
class ReactionAdmin(Retried):
    """The outbox: what is still to be done, and what failed."""

    again = staticmethod(events.again)
    list_display = ("code", "what", "of", "handler", "due_at", "attempts", "done_at", "dead", "problem")
    list_filter = ("dead", ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("event",)
    search_fields = ("handler", "problem")
    codes = ("",)
    told = ("event__subject",)
    saved = (
        (_("All"), ""),
        (_("Dead letters"), "dead__exact=1"),
        (_("To be done"), "done_at__isnull=True&dead__exact=0"),
        (_("Failed at least once"), "done_at__isnull=True&attempts__gt=1"),
    )
    ordering = ("-id",)

    @admin.display(description=_("event"))
    def what(self, reaction: Reaction) -> str:
        """In words."""
        return headline(reaction.event.name)

    @admin.display(description=_("subject"))
    def of(self, reaction: Reaction) -> str:
        """With the way to it."""
        return linked(reaction.event.subject)


@admin.register(Audit)
class AuditAdmin(Looking):
    """How the last audits ended."""

    list_display = ("at", "ok", "seconds", "what")
    list_filter = ("ok",)
    fields = ("at", "ok", "seconds", "what", "broken")
    readonly_fields = ("at", "what")
    saved = ((_("All"), ""), (_("Broken"), "ok__exact=0"))
    codes = ("",)
    ordering = ("-id",)

    @admin.display(description=_("broken"))
    def what(self, run: Audit) -> str:
        """The invariants that did not hold, with the first who broke them."""
        return "; ".join(f"{number}: {', '.join(found['offenders'])}" for number, found in run.broken.items())
