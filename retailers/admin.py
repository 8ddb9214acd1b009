"""Staff look after retailers."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.actions import VERBS
from core.admin import MovesAdmin
from retailers.models import Retailer


@admin.register(Retailer)
class RetailerAdmin(MovesAdmin):
    """Retailers, suspended and reinstated here."""

    verbs = VERBS
    list_display = ("id", "name", "status", "emirate", "trn", "created_at")
    list_filter = ("status", "emirate")
    search_fields = ("id", "name", "trn", "memberships__user__email")
    readonly_fields = ("id", "status", "created_at")
    fields = ("id", "status", "name", "trn", "emirate", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
