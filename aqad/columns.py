"""What staff read above columns whose fields have no name of their own (Django makes one of the attribute)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

SPOKEN = {
    "actor id": _("person"), "after": _("after"), "attempts": _("attempts"), "before": _("before"),
    "brand": _("brand"), "carrier": _("carrier"), "category": _("category"), "checkout": _("checkout"),
    "created at": _("begun"), "data": _("facts"), "dead": _("given up"), "done at": _("done at"),
    "driver": _("driver"), "due at": _("due at"), "event": _("event"), "gateway ref": _("number at the gateway"),
    "handler": _("task"), "order": _("order"), "parent": _("above it"), "position": _("position"),
    "problem": _("problem"), "request id": _("request"), "retailer": _("retailer"), "seq": _("number"),
    "sign outs": _("signed out everywhere"), "slug": _("name in addresses"), "vendor": _("vendor"),
}  # fmt: skip


def name_columns() -> None:
    """Give our fields without a name the one people read; migrations keep what the models say."""
    fields: list[Any] = [field for model in apps.get_models() for field in model._meta.fields]
    for field in fields:
        if type(field.verbose_name) is str:
            field.verbose_name = SPOKEN.get(field.verbose_name, field.verbose_name)
