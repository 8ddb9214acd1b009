"""Staff keep carriers and watch deliveries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import Emirate, next_code
from accounts.profiles import Profile
from core.admin import Looking, MovesAdmin, outside
from core.desk import ByStatus, linked
from core.errors import NotThere, Refusal
from core.forms import checked
from core.templatetags.aqad import status
from core.words import headline
from logistics import actions
from logistics.actions import DESK_VERBS
from logistics.forms import MoveForm
from logistics.handover import TRIES
from logistics.lifecycle import DeliveryStatus
from logistics.models import Carrier, Delivery


class CarrierForm(forms.ModelForm[Carrier]):
    """A carrier; a new one is active."""

    covers = forms.MultipleChoiceField(
        label=_("emirates covered"), choices=Emirate.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["instance"] = kwargs.get("instance") or Carrier(status=BusinessStatus.ACTIVE)
        super().__init__(*args, **kwargs)


@admin.register(Carrier)
class CarrierAdmin(Profile):
    """Carriers and the emirates they cover."""

    form = CarrierForm
    change_form_template = "logistics/admin_carrier.html"
    list_display = ("id", "name", "badge", "emirates")
    search_fields = ("name",)
    readonly_fields = ("id", "created_at")
    fields = ("id", "name", "covers", "trn", "created_at")

    @admin.display(description=_("emirates covered"))
    def emirates(self, carrier: Carrier) -> str:
        """By name."""
        return ", ".join(str(Emirate(code).label) for code in carrier.covers)

    def save_model(self, request: HttpRequest, obj: Carrier, form: Any, change: bool) -> None:
        """A new carrier gets its readable id; its creation is the first line of its history."""
        if not change:
            obj.id = next_code("C")
        super().save_model(request, obj, form, change)
        if not change:
            BUSINESS.begin(obj.business, request.user, name="create", company=obj.name)  # type: ignore[arg-type]


@admin.register(Delivery)
class DeliveryAdmin(MovesAdmin, Looking):
    """Deliveries. Staff give one to another carrier, above all one that nobody covers, and unlock one."""

    verbs = DESK_VERBS
    change_form_template = "logistics/admin_delivery.html"
    list_display = ("code", "of", "badge", "carrier", "driver", "created_at")
    list_filter = (("status", ByStatus), ("carrier", admin.EmptyFieldListFilter), "carrier")
    search_fields = ("carrier__name", "driver__name")
    codes = ("", "order", "carrier")
    saved = (
        (_("All"), ""),
        (_("Without a carrier"), "status__exact=assigned&carrier__isnull=True"),
        (_("On the way"), "status__in=picked_up,out_for_delivery"),
        (_("Locked after wrong codes"), f"status__exact=out_for_delivery&tries__gte={TRIES}"),
    )
    list_select_related = ("order", "carrier", "driver")
    fields = (
        "of", "carrier", "driver", "created_at", "picked_up_at", "out_at", "delivered_at", "failed_at",
        "failure", "note", "cash", "picture", "tries",
    )  # fmt: skip
    readonly_fields = fields
    ordering = ("-id",)

    @admin.display(description=_("status"), ordering="status")
    def badge(self, delivery: Delivery) -> str:
        """In its colour."""
        return status(delivery.status, "delivery")

    @admin.display(description=_("order"), ordering="order")
    def of(self, delivery: Delivery) -> str:
        """With the way to it."""
        return linked(delivery.order.code)

    @admin.display(description=_("photo"))
    def picture(self, delivery: Delivery) -> str:
        """A link to it, if there is one."""
        url = reverse("logistics:photo", args=[delivery.code])
        return format_html('<a href="{}">{}</a>', url, _("Look at it")) if delivery.photo else ""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.assign)
        return [path("<path:object_id>/assign/", view, name="logistics_delivery_assign"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the form of carrier and driver until pick-up."""
        thing, extra = self.get_object(request, unquote(object_id)), {}
        if thing is not None and thing.status == DeliveryStatus.ASSIGNED:
            chosen = {"carrier": thing.carrier_id, "driver": thing.driver_id}
            extra = {"assign": outside(MoveForm(initial=chosen), "assign")}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def assign(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give it to a carrier; a refusal is a message."""
        thing, form = self.get_object(request, unquote(object_id)), MoveForm(request.POST)
        if request.method != "POST" or thing is None:
            raise NotThere
        try:
            actions.assign(thing, request.user, **checked(form))  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, f"{thing.code}: {headline('assign')}")
        return redirect(reverse("admin:logistics_delivery_change", args=[thing.pk]))
