"""Staff review vendors: documents in view, approve and reject beside them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from core.admin import Looking, MovesAdmin
from vendors.actions import PAPER_VERBS, VERBS
from vendors.lifecycle import CURRENT
from vendors.models import Document, Vendor


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
class VendorAdmin(MovesAdmin):
    """The review queue: pending ones first."""

    verbs = VERBS
    list_display = ("id", "name", "status", "emirate", "trn", "created_at")
    list_filter = ("status", "emirate")
    search_fields = ("id", "name", "trn", "licence_number", "memberships__user__email")
    ordering = ("-status", "-created_at")
    readonly_fields = ("id", "status", "created_at")
    fields = (
        "name", "trn", "emirate", "licence_number", "licence_authority", "licence_expiry",
        "about", "created_at",
    )  # fmt: skip
    inlines = (DocumentsInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(MovesAdmin, Looking):
    """Single papers; they are decided upon on their vendor's page."""

    verbs = PAPER_VERBS
    list_display = ("vendor", "kind", "status", "uploaded_at")
    list_filter = ("status", "kind")
    search_fields = ("vendor__id", "vendor__name", "name")
    fields = ("vendor", "kind", "name", "status", "note", "uploaded_at")
    ordering = ("-uploaded_at",)

    def after(self, thing: Document) -> str:
        return reverse("admin:vendors_vendor_change", args=[thing.vendor_id])
