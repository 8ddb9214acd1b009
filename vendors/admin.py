"""Staff review vendors: documents in view, approve and reject beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.profiles import Profile
from core.admin import Looking, MovesAdmin
from core.desk import ByStatus, Saved, query
from core.templatetags.aqad import status
from vendors import queue
from vendors.actions import PAPER_VERBS, VERBS
from vendors.lifecycle import CURRENT, DocumentStatus
from vendors.models import Document, Vendor

SOON = timedelta(days=30)


class DocumentsInline(admin.TabularInline[Document, Vendor]):
    """The vendor's papers, shown where the decision is made."""

    model = Document
    template = "admin/papers_inline.html"
    fields = ()
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).filter(status__in=CURRENT)


@admin.register(Vendor)
class VendorAdmin(Profile):
    """The review queue: those who wait first, the longest of them on top; a decision leads to the next."""

    verbs = VERBS
    bulk = ("suspend", "reinstate")
    change_form_template = "vendors/admin_review.html"
    list_display = ("id", "name", "badge", "waits", "papers", "emirate", "licence_expiry")
    list_filter = (("status", ByStatus), "emirate")
    search_fields = ("name", "trn", "licence_number", "memberships__user__email")
    readonly_fields = ("id", "status", "created_at")
    fields = (
        "name", "trn", "emirate", "licence_number", "licence_authority", "licence_expiry",
        "about", "created_at",
    )  # fmt: skip
    inlines = (DocumentsInline,)

    def filters(self, request: HttpRequest) -> Sequence[Saved]:
        soon = timezone.localdate() + SOON
        return [
            *super().filters(request),
            (_("To review"), f"status__exact={queue.PENDING}"),
            (_("Papers to review"), "documents__status__exact=pending"),
            (_("Licence ends within 30 days"), query(status__exact="active", licence_expiry__lte=soon)),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup == "documents__status__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vendor]:
        """With their waiting and their current papers."""
        current = Document.objects.filter(status__in=CURRENT)
        rows: QuerySet[Vendor] = queue.timed(super().get_queryset(request))
        return rows.prefetch_related(Prefetch("documents", current, to_attr="current"))

    def get_ordering(self, request: HttpRequest) -> Any:
        return queue.since().asc(nulls_last=True), "-created_at"

    @admin.display(description=_("waits"), ordering="waiting_since")
    def waits(self, vendor: Any) -> str:
        """For how long."""
        return timesince(vendor.waiting_since, depth=1) if vendor.waiting_since else ""

    @admin.display(description=_("documents"))
    def papers(self, vendor: Any) -> str:
        """Those that are not in order, each with its state."""
        open_still = [paper for paper in vendor.current if paper.status != DocumentStatus.ACCEPTED]
        if vendor.current and not open_still:
            return status(DocumentStatus.ACCEPTED, "document")
        told = ((paper.get_kind_display(), status(paper.status, "document")) for paper in open_still)
        return format_html_join("", '<span class="paper-state">{} {}</span>', told) or str(_("none"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the way to those who wait before and after."""
        before, following, place, many = queue.beside(unquote(object_id))
        around = {"before": before, "following": following, "place": place, "many": many}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **around})

    def move(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Once decided upon, the next one's turn has come; a refusal stays where it is."""
        _before, following, place, many = queue.beside(unquote(object_id))
        answer = super().move(request, object_id, name)
        still = queue.beside(unquote(object_id))[2]
        if not place or still:
            return answer
        if many == 1:
            messages.info(request, _("Nobody waits any more."))
            return redirect("admin:vendors_vendor_changelist")
        turn = following or queue.waiting()[0]
        return redirect("admin:vendors_vendor_change", turn.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(MovesAdmin, Looking):
    """Single papers; they are decided upon on their vendor's page."""

    verbs = PAPER_VERBS
    list_display = ("vendor", "kind", "status", "uploaded_at")
    list_filter = (("status", ByStatus), "kind")
    search_fields = ("vendor__name", "name")
    codes = ("vendor",)
    saved = ((_("All"), ""), (_("To be reviewed"), "status__exact=pending"))
    list_select_related = ("vendor",)
    fields = ("vendor", "kind", "name", "status", "note", "uploaded_at")
    ordering = ("-uploaded_at",)

    def after(self, thing: Document) -> str:
        return reverse("admin:vendors_vendor_change", args=[thing.vendor_id])
