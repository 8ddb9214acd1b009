"""Staff review vendors: documents in view, approve and reject beside them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.actions import VERBS
from core.admin import MovesAdmin
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
