"""Staff keep carriers and watch deliveries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actions import VERBS
from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import next_code
from core.admin import Looking, MovesAdmin
from logistics.models import Carrier, Delivery


class CarrierForm(forms.ModelForm[Carrier]):
    """A carrier; a new one is active."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["instance"] = kwargs.get("instance") or Carrier(status=BusinessStatus.ACTIVE)
        super().__init__(*args, **kwargs)


@admin.register(Carrier)
class CarrierAdmin(MovesAdmin):
    """Carriers and the emirates they cover."""

    verbs = VERBS
    form = CarrierForm
    list_display = ("id", "name", "status", "covers")
    search_fields = ("id", "name")
    readonly_fields = ("id", "status", "created_at")
    fields = ("id", "status", "name", "covers", "trn", "created_at")

    def save_model(self, request: HttpRequest, obj: Carrier, form: Any, change: bool) -> None:
        """A new carrier gets its readable id; its creation is the first line of its history."""
        if not change:
            obj.id = next_code("C")
        super().save_model(request, obj, form, change)
        if not change:
            BUSINESS.begin(obj.business, request.user, name="create", company=obj.name)  # type: ignore[arg-type]


@admin.register(Delivery)
class DeliveryAdmin(MovesAdmin, Looking):
    """Deliveries."""

    list_display = ("code", "order", "status", "carrier", "driver", "created_at")
    list_filter = ("status", "carrier")
    search_fields = ("id", "order__id", "carrier__name", "driver__name")
    list_select_related = ("order", "carrier", "driver")
    ordering = ("-id",)
    show_full_result_count = False
