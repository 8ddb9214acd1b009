"""Who is told what: event → role → the title of the news. Titles are English source sentences, shown translated.

A bare title goes to the inbox; `Mailed` goes out by mail too, unless the reader wants no mail of that kind.
"""

from django.utils.translation import gettext_noop as _

from accounts.kinds import Kind, Line, Mailed
from core.roles import Role

V, R, D, DRIVER, STAFF = Role.VENDOR, Role.RETAILER, Role.DISPATCHER, Role.DRIVER, Role.STAFF
ORDERS, DELIVERIES, MONEY, ACCOUNT = Kind.ORDERS, Kind.DELIVERIES, Kind.MONEY, Kind.ACCOUNT


def vital(title: str) -> Mailed:
    """What the account hangs on is mailed whatever the reader has chosen."""
    return Mailed(title, ACCOUNT, always=True)


NEWS: dict[str, dict[str, Line]] = {
    "audit.broken": {STAFF: vital(_("The audit found something that must never be"))},
    "audit.whole": {STAFF: _("All invariants hold again")},
    "business.register": {STAFF: Mailed(_("A new business has registered"), ACCOUNT)},
    "business.approve": {V: vital(_("Your business is approved: you can list products now"))},
    "business.reject": {V: vital(_("Your business was not approved"))},
    "business.ask": {V: vital(_("Please send one of your documents again"))},
    "business.apply": {STAFF: Mailed(_("A vendor has sent documents to review"), ACCOUNT)},
    "business.upload": {STAFF: _("A vendor has sent documents to review")},
    "business.suspend": {V: vital(_("Your business is suspended")),
                         R: vital(_("Your business is suspended"))},
    "business.reinstate": {V: vital(_("Your business is active again")),
                           R: vital(_("Your business is active again"))},
    "business.month_left": {V: vital(_("Your trade licence ends within a month"))},
    "business.week_left": {V: vital(_("Your trade licence ends within a week"))},
    "import.finish": {V: _("Your file of products is carried out")},
    "order.create": {R: _("Order Successfully Created")},
    "order.place": {R: Mailed(_("Order Successfully Created"), ORDERS),
                    V: Mailed(_("New Order Received"), ORDERS)},
    "order.pay": {R: Mailed(_("Payment received"), MONEY), V: Mailed(_("New Order Received"), ORDERS)},
    "order.fail": {R: Mailed(_("Payment failed: the order was not placed"), MONEY)},
    "order.expire": {R: Mailed(_("The order was not paid in time"), ORDERS)},
    "order.accept": {R: Mailed(_("The vendor has accepted the order"), ORDERS)},
    "order.ready": {R: _("The order is ready for pick-up")},
    "order.reject": {R: Mailed(_("The vendor has rejected the order"), ORDERS)},
    "order.cancel": {R: Mailed(_("The order is cancelled"), ORDERS),
                     V: Mailed(_("The order is cancelled"), ORDERS)},
    "order.pick_up": {R: _("The order was picked up"), V: _("The order was picked up")},
    "order.out_for_delivery": {R: Mailed(_("The order is out for delivery"), DELIVERIES)},
    "order.deliver": {R: Mailed(_("The order is delivered"), DELIVERIES),
                      V: Mailed(_("The order is delivered"), DELIVERIES)},
    "order.return": {R: Mailed(_("The order could not be delivered"), DELIVERIES),
                     V: Mailed(_("The order could not be delivered"), DELIVERIES),
                     STAFF: Mailed(_("An order could not be delivered"), DELIVERIES)},
    "delivery.create": {D: Mailed(_("A new delivery is waiting for a driver"), DELIVERIES)},
    "delivery.strand": {STAFF: Mailed(_("No carrier covers this delivery"), DELIVERIES)},
    "delivery.assign": {DRIVER: Mailed(_("A delivery is waiting for you"), DELIVERIES)},
    "delivery.call_off": {D: _("A delivery was called off"),
                          DRIVER: Mailed(_("A delivery was called off"), DELIVERIES)},
    "delivery.hand_on": {D: Mailed(_("A new delivery is waiting for a driver"), DELIVERIES)},
    "delivery.lock": {D: Mailed(_("A delivery is locked: the code was wrong too often"), DELIVERIES),
                      R: Mailed(_("A driver gave a wrong hand-over code too often"), DELIVERIES)},
    "refund.create": {R: Mailed(_("A refund is on its way"), MONEY)},
    "refund.done": {R: Mailed(_("A refund was paid back"), MONEY)},
    "reconciliation.differ": {STAFF: Mailed(_("Our book and the bank's do not agree"), MONEY)},
    "refund.fail": {STAFF: Mailed(_("A refund failed at the bank"), MONEY)},
}  # fmt: skip
