"""Who is told what: event → role → the title of the news. Titles are English source sentences, shown translated."""

from django.utils.translation import gettext_noop as _

from core.roles import Role

V, R, D, DRIVER, STAFF = Role.VENDOR, Role.RETAILER, Role.DISPATCHER, Role.DRIVER, Role.STAFF

NEWS: dict[str, dict[str, str]] = {
    "business.register": {STAFF: _("A new business has registered")},
    "business.approve": {V: _("Your business is approved: you can list products now")},
    "business.reject": {V: _("Your business was not approved")},
    "business.ask": {V: _("Please send one of your documents again")},
    "business.apply": {STAFF: _("A vendor has sent documents to review")},
    "business.upload": {STAFF: _("A vendor has sent documents to review")},
    "business.suspend": {V: _("Your business is suspended"), R: _("Your business is suspended")},
    "business.reinstate": {V: _("Your business is active again"), R: _("Your business is active again")},
    "order.create": {R: _("Order Successfully Created")},
    "order.place": {R: _("Order Successfully Created"), V: _("New Order Received")},
    "order.pay": {R: _("Payment received"), V: _("New Order Received")},
    "order.fail": {R: _("Payment failed: the order was not placed")},
    "order.expire": {R: _("The order was not paid in time")},
    "order.accept": {R: _("The vendor has accepted the order")},
    "order.ready": {R: _("The order is ready for pick-up")},
    "order.reject": {R: _("The vendor has rejected the order")},
    "order.cancel": {R: _("The order is cancelled"), V: _("The order is cancelled")},
    "order.pick_up": {R: _("The order was picked up"), V: _("The order was picked up")},
    "order.out_for_delivery": {R: _("The order is out for delivery")},
    "order.deliver": {R: _("The order is delivered"), V: _("The order is delivered")},
    "order.return": {R: _("The order could not be delivered"), V: _("The order could not be delivered"),
                     STAFF: _("An order could not be delivered")},
    "delivery.create": {D: _("A new delivery is waiting for a driver")},
    "delivery.strand": {STAFF: _("No carrier covers this delivery")},
    "delivery.assign": {DRIVER: _("A delivery is waiting for you")},
    "refund.create": {R: _("A refund is on its way")},
    "refund.done": {R: _("A refund was paid back")},
    "refund.fail": {STAFF: _("A refund failed at the bank")},
}  # fmt: skip
