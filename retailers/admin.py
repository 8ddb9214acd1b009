"""Staff look after retailers."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.profiles import Profile
from core.desk import ByStatus
from retailers.models import Retailer


@admin.register(Retailer)
class RetailerAdmin(Profile):
    """Retailers, suspended and reinstated here."""

    list_display = ("id", "name", "badge", "emirate", "trn", "created_at")
    list_filter = (("status", ByStatus), "emirate")
    search_fields = ("name", "trn", "memberships__user__email")
    readonly_fields = ("id", "status", "paper", "created_at")
    fields = ("id", "status", "name", "trn", "emirate", "paper", "created_at")

    @admin.display(description=_("trade licence"))
    def paper(self, retailer: Retailer) -> str:
        """A link to keep it, if there is one."""
        url = reverse("retailers:licence", args=[retailer.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download")) if retailer.licence else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
