"""The lifecycle of an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class OrderStatus(models.TextChoices):
    """From the basket to the shop's back door; the last four are ends without goods."""

    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    PLACED = "placed", _("Placed")
    PROCESSING = "processing", _("Processing")
    READY = "ready", _("Ready for pick-up")
    PICKED_UP = "picked_up", _("Picked up")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Payment failed")
    EXPIRED = "expired", _("Not paid in time")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Rejected")


S = OrderStatus
VENDOR, RETAILER, STAFF, SYSTEM = [Role.VENDOR], [Role.RETAILER], [Role.STAFF], [Role.SYSTEM]

ORDER = Lifecycle(
    "order",
    S.AWAITING_PAYMENT,
    # move               from                                    to                   who may   label
    ("pay",              [S.AWAITING_PAYMENT],                   S.PLACED,            SYSTEM,   _("Pay")),
    ("fail",             [S.AWAITING_PAYMENT],                   S.FAILED,            SYSTEM,   _("Fail")),
    ("expire",           [S.AWAITING_PAYMENT],                   S.EXPIRED,           SYSTEM,   _("Expire")),
    ("accept",           [S.PLACED],                             S.PROCESSING,        VENDOR,   _("Accept")),
    ("reject",           [S.PLACED, S.PROCESSING, S.READY],      S.REJECTED,          VENDOR,   _("Reject")),
    ("ready",            [S.PROCESSING],                         S.READY,             VENDOR,   _("Ready for pick-up")),
    ("cancel",           [S.AWAITING_PAYMENT, S.PLACED],         S.CANCELLED,         RETAILER, _("Cancel order")),
    ("cancel",           [S.AWAITING_PAYMENT, S.PLACED,
                          S.PROCESSING, S.READY],                S.CANCELLED,         STAFF,    _("Cancel order")),
    ("pick_up",          [S.READY],                              S.PICKED_UP,         SYSTEM,   _("Picked up")),
    ("out_for_delivery", [S.PICKED_UP],                          S.OUT_FOR_DELIVERY,  SYSTEM,   _("Out for delivery")),
    ("deliver",          [S.OUT_FOR_DELIVERY],                   S.DELIVERED,         SYSTEM,   _("Delivered")),
    ("return",           [S.PICKED_UP, S.OUT_FOR_DELIVERY],      S.READY,             SYSTEM,   _("Brought back")),
    stamps={"pay": "placed_at", "deliver": "delivered_at"},
)  # fmt: skip

NEVER_PLACED = (S.AWAITING_PAYMENT, S.FAILED, S.EXPIRED)
STEPS = [
    S.AWAITING_PAYMENT, S.PLACED, S.PROCESSING, S.READY, S.PICKED_UP, S.OUT_FOR_DELIVERY, S.DELIVERED,
]  # fmt: skip
ENDED_WITHOUT_GOODS = [S.FAILED, S.EXPIRED, S.CANCELLED, S.REJECTED]
