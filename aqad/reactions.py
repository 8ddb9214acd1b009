"""The one map from what happened to what must follow. Handlers are named, so nothing imports anything."""

TELL = "accounts.inbox.tell"

REACTIONS: dict[str, list[str]] = {
    "business.register": [TELL],
    "business.approve": [TELL],
    "business.reject": [TELL],
    "business.ask": [TELL],
    "business.apply": [TELL],
    "business.upload": [TELL],
    "business.suspend": [TELL],
    "business.reinstate": [TELL],
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
    "refund.create": ["payments.actions.send_refund", TELL],
    "refund.done": [TELL],
    "refund.fail": [TELL],
}
