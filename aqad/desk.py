"""The desk of staff: an overview for a front page, lists arranged by the work they belong to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from aqad.overview import last_audit, overview
from core.desk import listing, page_of

WORK = (
    ("people", _("People and businesses"), (
        "vendors.Vendor", "vendors.Document", "retailers.Retailer", "logistics.Carrier", "accounts.User",
        "accounts.Invitation",
    )),
    ("catalogue", _("Catalogue"), (
        "catalog.Product", "catalog.Category", "catalog.Brand", "catalog.Synonym",
    )),
    ("orders", _("Orders and deliveries"), ("orders.Order", "logistics.Delivery")),
    ("money", _("Money"), (
        "payments.Payment", "payments.Refund", "payments.Break", "payments.Reconciliation", "payments.Callback",
    )),
    ("system", _("System"), ("core.Event", "core.Reaction", "accounts.Letter", "core.Audit")),
)  # fmt: skip


class Desk(AdminSite):
    """Django's Admin site with our front page, and lists by kind of work."""

    site_title = site_header = "AQAD"
    index_title = _("Overview")

    def get_urls(self) -> list[Any]:
        return [path("find/", self.admin_view(self.find), name="find"), *super().get_urls()]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """There is one place for that."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Today's figures above the lists."""
        today = {"overview": overview(), "audit": last_audit()}
        return super().index(request, {**(extra_context or {}), **today})

    def find(self, request: HttpRequest) -> HttpResponse:
        """Straight to the thing of a code; anything else is looked for in the audit log."""
        asked = request.GET.get("q", "").strip()
        page = page_of(asked)
        if page or asked:
            return redirect(page or listing("core_event", q=asked))
        messages.info(request, _t("Type a code such as ORD1001, PAY1001 or V1001."))
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Lists by the work they belong to; a single app's as Django has it."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        lists = {f"{app['app_label']}.{one['object_name']}": one for app in apps for one in app["models"]}
        groups = [
            _group(slug, title, [lists.pop(name, None) for name in names]) for slug, title, names in WORK
        ]
        return [*filter(None, groups), *_rest(lists)]


def _group(slug: str, title: Any, lists: list[Any]) -> dict[str, Any] | None:
    """One kind of work, in the shape of an app; None where nothing of it may be seen."""
    seen = [one for one in lists if one]
    return {"name": title, "app_label": slug, "app_url": "", "models": seen} if seen else None


def _rest(lists: dict[str, Any]) -> list[dict[str, Any]]:
    """What nobody has arranged yet is not lost."""
    found = _group("other", _("Other"), list(lists.values()))
    return [found] if found else []
