"""What can become of an order: the demo's plots as lists of steps, how often each happens, and how long it takes."""

from __future__ import annotations

CARD_ONLY = ("failed", "expired", "late", "unpaid")

# plot: how many of a hundred, then what happens after ordering
PAST: dict[str, tuple[float, list[str]]] = {
    "delivered":  (78.0, ["pay", "accept", "ready", "assign", "pick_up", "out_for_delivery", "deliver"]),
    "returned":   (4.0,  ["pay", "accept", "ready", "assign", "pick_up", "out_for_delivery", "fail",
                          "assign", "pick_up", "out_for_delivery", "deliver"]),
    "cancelled":  (4.0,  ["pay", "cancel"]),
    "stopped":    (1.2,  ["pay", "accept", "stop"]),
    "refused":    (2.4,  ["pay", "reject"]),
    "given_up":   (1.6,  ["pay", "accept", "reject"]),
    "called_off": (0.8,  ["pay", "accept", "ready", "reject"]),
    "failed":     (4.0,  ["decline"]),
    "expired":    (2.4,  ["expire"]),
    "unpaid":     (1.0,  ["cancel"]),
    "late":       (0.6,  ["expire", "pay_late"]),
}  # fmt: skip

# plot: how many there are now, and what has happened to them so far
NOW: dict[str, tuple[int, list[str]]] = {
    "awaiting":   (4, []),
    "placed":     (11, ["pay"]),
    "processing": (10, ["pay", "accept"]),
    "ready":      (6, ["pay", "accept", "ready"]),
    "assigned":   (5, ["pay", "accept", "ready", "assign"]),
    "picked_up":  (5, ["pay", "accept", "ready", "assign", "pick_up"]),
    "on_the_way": (6, ["pay", "accept", "ready", "assign", "pick_up", "out_for_delivery"]),
    "brought_back": (2, ["pay", "accept", "ready", "assign", "pick_up", "out_for_delivery", "fail"]),
}  # fmt: skip

# step: minutes of work since the step before
MINUTES: dict[str, tuple[float, float]] = {
    "pay": (1, 4),
    "decline": (1, 5),
    "expire": (16, 17),
    "pay_late": (3, 40),
    "accept": (6, 150),
    "ready": (45, 300),
    "assign": (3, 45),
    "pick_up": (30, 200),
    "out_for_delivery": (5, 40),
    "deliver": (20, 150),
    "fail": (25, 120),
    "reject": (20, 180),
    "cancel": (3, 6),
    "stop": (30, 200),
}

REJECTED = [
    "Out of stock until next week.",
    "Damaged in the warehouse.",
    "We do not deliver to this area on these days.",
]
STOPPED = ["Ordered twice by mistake.", "The shop has closed for renovation."]
CANCELLED = ["", "Wrong quantity.", "Ordered from somewhere nearer."]
NOT_DELIVERED = ["The shop was closed.", "Nobody could receive the goods.", "The road was flooded."]
DECLINED = ["card_declined", "card_declined", "insufficient_funds"]
DELIVERED = ["", "", "", "Left with the night guard.", "Stamped delivery note received."]
