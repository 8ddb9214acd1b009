# ruff: noqa: E501
"""Whatever staff do to others stands in the audit log once: who, when, to whom, what was and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.test import Client

from accounts.tests.factors import set_up
from catalog.models import Brand, Category
from core.models import Event
from tests.cast import key, put
from tests.stage import Stage
from vendors.models import Document, Vendor

pytestmark = pytest.mark.django_db


class Deed(NamedTuple):
    """What staff do, and the one event that says so, from and to which status (or by which fields)."""

    event: str
    do: Callable[[Stage, Client], Any]
    change: tuple[str, str] | str = ""


def move(model: str, thing: str, name: str) -> Callable[[Stage, Client], Any]:
    return lambda stage, desk: desk.post(
        f"/admin/{model}/{stage.names[thing]}/moves/{name}/", {"reason": "Because of the complaints."}
    )


def many(model: str, thing: str, action: str) -> Callable[[Stage, Client], Any]:
    return lambda stage, desk: desk.post(
        f"/admin/{model}/",
        {
            "action": action,
            "_selected_action": [str(stage.names[thing])],
            "reason": "Because of the complaints.",
        },
    )


def after(
    prepare: Callable[[Stage], Any], do: Callable[[Stage, Client], Any]
) -> Callable[[Stage, Client], Any]:
    def both(stage: Stage, desk: Client) -> Any:
        prepare(stage)
        return do(stage, desk)

    return both


def edit_person(stage: Stage, desk: Client) -> Any:
    person = stage.colleague
    form = {"email": person.email, "name": "Layla Hassan", "phone": "", "language": "en"}
    return desk.post(f"/admin/accounts/user/{person.pk}/change/", form)


def refund(stage: Stage, desk: Client) -> Any:
    body = {"amount": "1.00", "reason": "Two cartons were crushed."}
    return stage.api("sara").post(f"/payments/{stage.payment.code}/refunds", body, **key())


def pending(model: Any, thing: str, status: str) -> Callable[[Stage], Any]:
    return lambda stage: put(model.objects.filter(pk=stage.names[thing]), status)


DEEDS = {
    "suspend a vendor": Deed("business.suspend", move("vendors/vendor", "vendor", "suspend"), ("active", "suspended")),
    "suspend many": Deed("business.suspend", many("vendors/vendor", "vendor", "suspend"), ("active", "suspended")),
    "suspend a shop": Deed("business.suspend", move("retailers/retailer", "retailer", "suspend"), ("active", "suspended")),
    "suspend a carrier": Deed("business.suspend", move("logistics/carrier", "carrier", "suspend"), ("active", "suspended")),
    "reinstate a vendor": Deed(
        "business.reinstate",
        after(pending(Vendor, "vendor", "suspended"), move("vendors/vendor", "vendor", "reinstate")),
        ("suspended", "active"),
    ),
    "approve a vendor": Deed(
        "business.approve",
        after(pending(Vendor, "vendor", "pending_approval"), move("vendors/vendor", "vendor", "approve")),
        ("pending_approval", "active"),
    ),
    "reject a vendor": Deed(
        "business.reject",
        after(pending(Vendor, "vendor", "pending_approval"), move("vendors/vendor", "vendor", "reject")),
        ("pending_approval", "rejected"),
    ),
    "accept a document": Deed(
        "document.accept",
        after(pending(Document, "paper", "pending"), move("vendors/document", "paper", "accept")),
        ("pending", "accepted"),
    ),
    "hide a product": Deed("product.hide", move("catalog/product", "product_id", "hide"), ("listed", "hidden")),
    "hide many": Deed("product.hide", many("catalog/product", "product_id", "hide"), ("listed", "hidden")),
    "cancel an order": Deed("order.cancel", move("orders/order", "order_id", "cancel"), ("ready", "cancelled")),
    "give money back": Deed("refund.create", refund),
    "reset a second factor": Deed(
        "person.reset_factor",
        after(lambda stage: set_up(stage.colleague), many("accounts/user", "member", "reset_factor")),
        "factors",
    ),
    "edit a person": Deed("user.edit", edit_person, "name"),
    "withdraw an invitation": Deed("business.uninvite", many("accounts/invitation", "invitation", "withdraw")),
    "invite a dispatcher": Deed(
        "business.invite",
        lambda stage, desk: desk.post(
            "/admin/accounts/invitation/add/",
            {"business": stage.fasttrack.pk, "email": "new@fasttrack.example", "language": "en"},
        ),
    ),
    "make a brand": Deed(
        "brand.create", lambda stage, desk: desk.post("/admin/catalog/brand/add/", {"name": "Rawabi", "slug": "rawabi"})
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_it_is_told_once_with_who_and_what_was(db: None, settings: Any, deed: str) -> None:
    settings.RATELIMIT_ENABLE = False
    stage = Stage()
    desk, wanted = stage.browser("sara"), DEEDS[deed]
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = wanted.do(stage, desk)
    assert answer.status_code in (201, 302), answer.content.decode()[-2000:]
    told = Event.objects.filter(pk__gt=last, name=wanted.event, actor="Staff Sara", actor_id=stage.sara.pk)
    event = told.get()
    if isinstance(wanted.change, tuple):
        assert (event.before, event.after) == wanted.change
    elif wanted.change:
        assert wanted.change in event.data["before"]
        assert event.data["before"][wanted.change] != event.data["after"][wanted.change]


def test_no_button_of_the_desk_is_forgotten() -> None:
    """Every verb that staff may use has a deed above, or is told by the same grammar as one that has."""
    known = {deed.event.partition(".")[2] for deed in DEEDS.values()} | {
        "archive",
        "unhide",
        "close",
        "fail",
        "unlock",
    }
    verbs = {verb for desk in admin.site._registry.values() for verb in getattr(desk, "verbs", {})}
    assert verbs <= known
    acts = {name for desk in admin.site._registry.values() for name in desk.actions or ()}
    assert acts <= {"withdraw", "reset_factor", "try_again"}


def test_nobody_sets_the_password_of_another(db: None) -> None:
    stage = Stage()
    answer = stage.browser("sara").get(f"/admin/accounts/user/{stage.ahmed.pk}/password/", follow=True)
    assert "password1" not in answer.content.decode()


def test_what_the_desk_writes_without_a_verb_is_told_too() -> None:
    """Only rows that say what changed may be edited at the desk."""
    from core.admin import Recorded

    writers = {model for model, desk in admin.site._registry.items() if not isinstance(desk, Recorded)}
    assert not {Brand, Category, Vendor} & writers
