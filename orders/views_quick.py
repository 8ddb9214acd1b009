"""Quick order: type, paste or send lines; what can be ordered is in the basket, the rest comes back with its reason."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core import limits
from core.errors import Invalid
from core.pages import for_role
from core.roles import Role
from orders import quick as lines
from orders.forms import QuickForm
from orders.quick import Bad, Outcome
from orders.sheets import XLSX, rows_of, workbook

KEPT = "quick-order"  # in the session: the outcome, so that a reload orders nothing twice


@for_role(Role.RETAILER)
def quick(request: HttpRequest) -> HttpResponse:
    """The form, and what became of the last lines sent through it."""
    form = QuickForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        limits.hit(request, "quick-order", "30/m", key=str(request.user.pk), closed=False)
        if form.is_valid() and (outcome := _ordered(request, form)) is not None:
            request.session[KEPT] = {
                "kept": outcome.kept,
                "bad": [[line.text, line.reason] for line in outcome.bad],
            }
            return redirect("orders:quick")
        typed = [Bad(text, "") for text in request.POST.getlist("line")]
        return render(request, "orders/quick.html", {"form": form, "bad": typed, "outcome": False})
    return render(request, "orders/quick.html", {"form": form, **_last(request)})


def _last(request: HttpRequest) -> dict[str, Any]:
    """Bad lines stay until they are sent again; how many went in is told once."""
    kept: dict[str, Any] = request.session.get(KEPT) or {}
    told = {"kept": kept.get("kept"), "bad": [Bad(*line) for line in kept.get("bad", [])]}
    if kept.get("kept") is not None:
        request.session[KEPT] = {"bad": kept["bad"]}
    return told


def _ordered(request: HttpRequest, form: QuickForm) -> Outcome | None:
    """The outcome of all that was sent; None when the form says what is wrong."""
    user: Any = request.user
    texts = [*request.POST.getlist("line"), *form.cleaned_data["lines"].splitlines()]
    try:
        if file := form.cleaned_data["file"]:
            texts += lines.lines_of(rows_of(file))
        if not any(text.strip() for text in texts):
            raise Invalid.field("lines", _("There is nothing to order."))
        return lines.order(texts, user)
    except ValidationError as wrong:
        form.add_error("file", wrong)
    except Invalid as wrong:
        form.add_error(None, str(wrong.message))
    return None


@for_role(Role.RETAILER)
def template(request: HttpRequest) -> HttpResponse:
    """A sheet to fill in: what this retailer ordered before, quantities left open."""
    user: Any = request.user
    headers = [_("Code"), _("Quantity"), _("Product"), _("Unit")]
    rows = [[each.code, None, each.title, each.get_unit_display()] for each in lines.usual(user)]
    response = HttpResponse(workbook(headers, rows), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="aqad-quick-order.xlsx"'
    return response
