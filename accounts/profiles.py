"""What staff see of any business, whatever it trades: its people, its state, and the verbs to shut it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.actions import VERBS
from accounts.models import Invitation, User
from core.admin import MovesAdmin, ReasonForm
from core.desk import Saved
from core.templatetags.aqad import status


class Profile(MovesAdmin):
    """A business, with its people below; suspended and reinstated here, also many at once."""

    verbs = VERBS
    bulk = ("suspend", "reinstate")
    action_form = ReasonForm
    change_form_template = "accounts/admin_business.html"
    codes = ("",)
    saved: ClassVar[Sequence[Saved]] = (
        (_("All"), ""),
        (_("Active"), "status__exact=active"),
        (_("Suspended"), "status__exact=suspended"),
    )

    @admin.display(description=_("status"), ordering="status")
    def badge(self, business: Any) -> str:
        """In its colour."""
        return status(business.status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With its people and whom they asked to join."""
        pk = unquote(object_id)
        people = User.objects.filter(membership__business_id=pk).order_by("-is_active", "name")
        invited = Invitation.objects.live().filter(business_id=pk).order_by("created_at")
        team = {"people": people, "invited": invited}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **team})
