"""The one map from what happened to what must follow. Handlers are named, so nothing imports anything."""

from accounts.kinds import Mailed
from aqad.news import NEWS

TELL = "accounts.inbox.tell"
MAIL = "accounts.letters.news"

REACTIONS: dict[str, list[str]] = {
    "audit.broken": [TELL],
    "audit.whole": [TELL],
    "brand.edit": ["catalog.index.shelf_changed"],
    "business.register": [TELL],
    "business.approve": [TELL],
    "business.reject": [TELL],
    "business.ask": [TELL],
    "business.apply": [TELL],
    "business.upload": [TELL],
    "business.suspend": [TELL],
    "business.reinstate": [TELL],
    "business.month_left": [TELL],
    "business.week_left": [TELL],
    "business.invite": ["accounts.letters.invitation"],
    "category.edit": ["catalog.index.shelf_changed"],
    "import.finish": [TELL],
    "order.create": [TELL],
    "order.place": [TELL],
    "order.pay": [TELL],
    "order.fail": [TELL],
    "order.expire": [TELL],
    "order.accept": [TELL],
    "order.ready": ["logistics.actions.dispatch", TELL],
    "order.reject": ["payments.actions.order_ended", "logistics.actions.call_off", TELL],
    "order.cancel": ["payments.actions.order_ended", "logistics.actions.call_off", TELL],
    "order.pick_up": [TELL],
    "order.out_for_delivery": [TELL],
    "order.deliver": ["payments.actions.cash_collected", TELL],
    "order.return": ["logistics.actions.dispatch", TELL],
    "delivery.create": [TELL],
    "delivery.strand": [TELL],
    "delivery.assign": [TELL],
    "delivery.call_off": [TELL],
    "delivery.hand_on": [TELL],
    "delivery.lock": [TELL],
    "person.confirm": ["accounts.letters.confirm"],
    "person.factor": ["accounts.letters_security.factor_changed"],
    "person.guessed": ["accounts.letters_security.link"],
    "person.reset_factor": ["accounts.letters_security.factor_reset"],
    "person.email": ["accounts.letters.email_changed"],
    "person.forget": ["accounts.letters.reset"],
    "person.password": ["accounts.letters.password_changed"],
    "product.unpicture": ["catalog.pictures.forget"],
    "reconciliation.differ": [TELL],
    "refund.ask_again": ["payments.actions.send_refund"],
    "refund.create": ["payments.actions.send_refund", TELL],
    "refund.done": [TELL],
    "refund.fail": [TELL],
}

REACTIONS |= {
    event: [*REACTIONS.get(event, []), MAIL]
    for event, told in NEWS.items()
    if any(isinstance(line, Mailed) for line in told.values())
}
