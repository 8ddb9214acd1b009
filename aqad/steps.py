"""First steps: what somebody who is new here does first, worked out from what there is, until all of it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Invitation, User
from catalog.models import Image, Product
from core.roles import Role
from logistics.models import Delivery
from orders.lifecycle import OrderStatus
from orders.models import CartLine, Order
from retailers.models import Address
from vendors.models import Document, Vendor

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Step:
    """Something to do first: what and why, where, and whether it is done."""

    label: StrOrPromise
    hint: StrOrPromise
    url: str
    done: bool


@dataclass(frozen=True)
class Plan:
    """A step before anybody was looked at: `proof` are the rows of which one shows that it is done."""

    label: StrOrPromise
    hint: StrOrPromise
    page: str
    proof: Callable[[User], Rows]


def steps_of(user: User) -> list[Step]:
    """The first steps of this person, in one query; none for who has done all of them or hid them."""
    plans = _plans(user) if user.first_steps else ()
    if not plans:
        return []
    proofs = [Exists(plan.proof(user)) for plan in plans]
    done = User.objects.filter(pk=user.pk).values_list(*proofs).get()
    if all(done):
        return []
    return [
        Step(plan.label, plan.hint, reverse(plan.page) if plan.page else "", fact)
        for plan, fact in zip(plans, done, strict=True)
    ]


def _plans(user: User) -> tuple[Plan, ...]:
    if user.role == Role.VENDOR and not user.may_work:
        return PENDING
    return PLANS.get(user.role, ()) if user.may_work else ()


def _ours(user: User) -> Rows:
    return Vendor.objects.filter(pk=user.business_id)


def _accepted(user: User) -> Rows:
    waiting = (OrderStatus.AWAITING_PAYMENT, OrderStatus.PLACED)
    return Order.objects.seen_by(user).exclude(status__in=waiting)


def _filled(user: User) -> Rows:
    """A basket, or an order made of one."""
    lines, orders = CartLine.objects.seen_by(user), Order.objects.seen_by(user)
    return User.objects.filter(Exists(lines) | Exists(orders), pk=user.pk)


def _complete(user: User) -> Rows:
    missing = Q(licence_number="") | Q(licence_authority="") | Q(licence_expiry=None) | Q(trn="")
    return _ours(user).exclude(missing)


def _drivers(user: User) -> Rows:
    """A driver of the carrier, or one who is asked to join."""
    colleagues = User.objects.filter(membership__business=user.business_id, role=Role.DRIVER)
    asked = Invitation.objects.filter(business=user.business_id, role=Role.DRIVER)
    return User.objects.filter(Exists(colleagues) | Exists(asked), pk=user.pk)


PENDING = (
    Plan(
        _("Confirm your e-mail address"),
        _("We have sent you a link; the decision is mailed there too."),
        "account_email",
        lambda user: EmailAddress.objects.filter(user=user, verified=True),
    ),
    Plan(
        _("Send your papers"),
        _("Trade licence and VAT certificate, as PDF or photo."),
        "",
        lambda user: Document.objects.filter(vendor=user.business_id),
    ),
    Plan(
        _("Complete your licence's facts"),
        _("Number, authority, end and TRN: it makes the review quicker."),
        "accounts:business",
        _complete,
    ),
    Plan(
        _("We review your papers"),
        _("You hear from us under Notifications and by mail; then your first product is next."),
        "",
        lambda user: User.objects.none(),
    ),
)
PLANS: dict[str, tuple[Plan, ...]] = {
    Role.RETAILER: (
        Plan(
            _("Say where we deliver"),
            _("The address of your shop, and who receives the goods there."),
            "retailers:addresses",
            lambda user: Address.objects.seen_by(user),
        ),
        Plan(
            _("Fill your basket"),
            _("Prices are per carton, bag or box; goods of several suppliers fit into one basket."),
            "catalog:list",
            _filled,
        ),
        Plan(
            _("Place your first order"),
            _("Pay by card, or in cash when it arrives. The stock is yours at that moment."),
            "orders:cart",
            lambda user: Order.objects.seen_by(user),
        ),
    ),
    Role.VENDOR: (
        Plan(
            _("List your first product"),
            _("Name, price and stock are enough; many at once go by a file."),
            "catalog:create",
            lambda user: Product.objects.seen_by(user),
        ),
        Plan(
            _("Show it with a picture"),
            _("Shops look at pictures first."),
            "catalog:mine",
            lambda user: Image.objects.filter(product__vendor=user.business_id),
        ),
        Plan(
            _("Introduce your company"),
            _("A few lines and a logo for your storefront."),
            "vendors:profile",
            lambda user: _ours(user).exclude(about="", logo=""),
        ),
        Plan(
            _("Accept your first order"),
            _("It appears on this page and under Notifications."),
            "orders:incoming",
            _accepted,
        ),
    ),
    Role.DISPATCHER: (
        Plan(
            _("Invite your drivers"),
            _("They get a link by mail and need nothing but a phone."),
            "accounts:team",
            _drivers,
        ),
        Plan(
            _("Assign the first delivery"),
            _("Choose a driver beside it; a free driver may take one too."),
            "",
            lambda user: Delivery.objects.filter(carrier=user.business_id, driver__isnull=False),
        ),
    ),
    Role.DRIVER: (
        Plan(
            _("Leave your phone number"),
            _("Shops and dispatcher call it when something is unclear."),
            "accounts:edit",
            lambda user: User.objects.filter(pk=user.pk).exclude(phone=""),
        ),
        Plan(
            _("Take your first stop"),
            _("Pick it up, set out, and ask the shop for its code at the door."),
            "",
            lambda user: Delivery.objects.filter(driver=user),
        ),
    ),
}
