"""What a person reads for each status, and its colour. A key is a status, or kind:status where words differ."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    label: str | Promise
    tone: str  # neutral, info, progress, warning, success, danger


LOOKS: dict[str, Look] = {
    # orders
    "awaiting_payment": Look(_("Awaiting payment"), "warning"),
    "placed": Look(_("Placed"), "info"),
    "processing": Look(_("Processing"), "progress"),
    "ready": Look(_("Ready"), "progress"),
    "picked_up": Look(_("Picked up"), "progress"),
    "out_for_delivery": Look(_("Out for delivery"), "progress"),
    "delivered": Look(_("Delivered"), "success"),
    "failed": Look(_("Payment failed"), "danger"),
    "expired": Look(_("Not paid in time"), "neutral"),
    "cancelled": Look(_("Cancelled"), "neutral"),
    "rejected": Look(_("Rejected"), "danger"),
    # payments and refunds
    "created": Look(_("Not paid yet"), "neutral"),
    "pending": Look(_("Pending"), "warning"),
    "unknown": Look(_("Being checked"), "warning"),
    "captured": Look(_("Paid"), "success"),
    "done": Look(_("Done"), "success"),
    "payment:failed": Look(_("Payment failed"), "danger"),
    "cash_on_delivery:failed": Look(_("Nothing to pay"), "neutral"),
    "card:failed": Look(_("Payment failed"), "danger"),
    "refund:pending": Look(_("Refund under way"), "warning"),
    "refund:unknown": Look(_("Refund being checked"), "warning"),
    "refund:done": Look(_("Refunded"), "success"),
    "refund:failed": Look(_("Refund failed"), "danger"),
    "break:open": Look(_("To be looked into"), "danger"),
    "break:resolved": Look(_("Gone by itself"), "success"),
    # files of products
    "import:checked": Look(_("Waiting for your yes"), "warning"),
    "import:running": Look(_("Under way"), "progress"),
    "import:dropped": Look(_("Dropped"), "neutral"),
    # deliveries
    "waiting": Look(_("Waiting for a driver"), "warning"),
    "assigned": Look(_("Assigned"), "info"),
    "delivery:failed": Look(_("Delivery failed"), "danger"),
    # businesses, documents, products
    "pending_approval": Look(_("Pending approval"), "warning"),
    "active": Look(_("Active"), "success"),
    "approved": Look(_("Approved"), "success"),
    "suspended": Look(_("Suspended"), "danger"),
    "closed": Look(_("Closed"), "neutral"),
    "document:pending": Look(_("In review"), "warning"),
    "document:accepted": Look(_("Accepted"), "success"),
    "document:rejected": Look(_("Please send again"), "danger"),
    "document:expired": Look(_("Out of date"), "danger"),
    "draft": Look(_("Draft"), "neutral"),
    "listed": Look(_("On sale"), "success"),
    "hidden": Look(_("Hidden"), "warning"),
    "archived": Look(_("Archived"), "neutral"),
    "out_of_stock": Look(_("Out of stock"), "danger"),
}

STEPS = ("awaiting_payment", "placed", "processing", "ready", "picked_up", "out_for_delivery", "delivered")
ENDED = ("failed", "expired", "cancelled", "rejected")


def look(status: object, kind: str = "") -> Look:
    """The look of a status; one nobody told us about is shown in its own words."""
    name = str(status)
    plain = Look(name.replace("_", " ").capitalize(), "neutral")
    return LOOKS.get(f"{kind}:{name}") or LOOKS.get(name, plain)
