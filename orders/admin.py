"""Staff watch orders, and cancel one until it is picked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import Looking, MovesAdmin, ReasonForm
from core.desk import ByStatus, Saved, midnight, query
from core.money import in_words
from core.templatetags.aqad import status
from orders.actions import cancel
from orders.models import Order


@admin.register(Order)
class OrderAdmin(MovesAdmin, Looking):
    """Orders: lines, money, delivery and history of each on one page."""

    verbs = {"cancel": cancel}  # noqa: RUF012
    bulk = ("cancel",)
    action_form = ReasonForm
    change_form_template = "orders/admin_order.html"
    list_display = ("code", "badge", "retailer", "vendor", "worth", "created_at")
    list_filter = (("status", ByStatus), "created_at")
    search_fields = ("retailer__name", "vendor__name")
    codes = ("", "checkout", "retailer", "vendor", "allocation__payment", "refunds", "deliveries")
    list_select_related = ("retailer", "vendor")
    ordering = ("-id",)

    def filters(self, request: HttpRequest) -> Sequence[Saved]:
        return [
            (_("All"), ""),
            (_("Placed today"), query(created_at__gte=midnight(), placed_at__isnull=False)),
            (_("Waiting to be accepted"), "status__exact=placed"),
            (_("To be picked up"), "status__exact=ready"),
            (_("Under way"), "status__in=picked_up,out_for_delivery"),
            (_("Unpaid, stock held"), "status__exact=awaiting_payment"),
        ]

    @admin.display(description=_("status"), ordering="status")
    def badge(self, order: Order) -> str:
        """In its colour."""
        return status(order.status)

    @admin.display(description=_("total"), ordering="total")
    def worth(self, order: Order) -> str:
        """In dirhams."""
        return in_words(order.total)

    def subjects(self, thing: Order) -> list[str]:
        """With its payment, what went back and its deliveries."""
        beside = [*thing.refunds.all(), *thing.deliveries.all()]
        return [thing.code, thing.allocation.payment.code, *(each.code for each in beside)]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """With all that its page shows."""
        return self.model.objects.shown().filter(pk=object_id).first() if object_id.isdigit() else None
