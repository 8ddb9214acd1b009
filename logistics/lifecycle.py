"""The lifecycle of a delivery: what a driver reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.lifecycle import Lifecycle
from core.roles import Role


class DeliveryStatus(models.TextChoices):
    """A delivery exists before its driver; a failed one is followed by a fresh one."""

    ASSIGNED = "assigned", _("Assigned")
    PICKED_UP = "picked_up", _("Picked up")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Failure(models.TextChoices):
    """Why the goods could not be handed over. The labels are sentences: they stand in the history as they are."""

    CLOSED = "closed", _("The shop was closed.")
    REFUSED = "refused", _("The shop refused the goods.")
    WRONG_ADDRESS = "wrong_address", _("The address is wrong.")
    DAMAGED = "damaged", _("The goods are damaged.")
    OTHER = "other", _("Something else")


S = DeliveryStatus
DRIVER = [Role.DRIVER]

DELIVERY = Lifecycle(
    "delivery",
    S.ASSIGNED,
    # move               from                                to                   who may                        label
    ("assign",           [S.ASSIGNED],                       S.ASSIGNED,          [Role.STAFF, Role.DISPATCHER], _("Assign")),
    ("take",             [S.ASSIGNED],                       S.ASSIGNED,          DRIVER,                        _("Take")),
    ("pick_up",          [S.ASSIGNED],                       S.PICKED_UP,         DRIVER,                        _("Picked up")),
    ("out_for_delivery", [S.PICKED_UP],                      S.OUT_FOR_DELIVERY,  DRIVER,                        _("Out for delivery")),
    ("unlock",           [S.OUT_FOR_DELIVERY],               S.OUT_FOR_DELIVERY,  [Role.STAFF, Role.DISPATCHER], _("Unlock")),
    ("deliver",          [S.OUT_FOR_DELIVERY],               S.DELIVERED,         DRIVER,                        _("Delivered")),
    ("fail",             [S.PICKED_UP, S.OUT_FOR_DELIVERY],  S.FAILED,            [Role.DRIVER, Role.STAFF],     _("Not delivered")),
    ("call_off",         [S.ASSIGNED],                       S.FAILED,            [Role.SYSTEM],                 _("Called off")),
    stamps={
        "pick_up": "picked_up_at", "out_for_delivery": "out_at", "deliver": "delivered_at",
        "fail": "failed_at", "call_off": "failed_at",
    },
)  # fmt: skip

LIVE = (S.ASSIGNED, S.PICKED_UP, S.OUT_FOR_DELIVERY)
STEPS = [S.ASSIGNED, S.PICKED_UP, S.OUT_FOR_DELIVERY, S.DELIVERED]
