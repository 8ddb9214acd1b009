"""What an answer looks like, as data: every promised field, of its type, and no other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Shape = Any  # a type, a pattern, a predicate, {field: shape} or [shape]

MONEY = re.compile(r"\d+\.\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
URL = re.compile(r"/\S+|https?://\S+")
TEXT = re.compile(r"(?s).+")


def code(prefix: str) -> re.Pattern[str]:
    """A readable id."""
    return re.compile(rf"{prefix}\d{{4,}}")


def maybe(shape: Shape) -> Callable[[Any], bool]:
    """That, or null."""
    return lambda value: value is None or not list(misfits(value, shape))


def one_of(*words: str) -> Callable[[Any], bool]:
    """One of these words."""
    return lambda value: value in words


def misfits(value: Any, shape: Shape, at: str = "$") -> Iterator[str]:
    """Where an answer is not as promised."""
    if isinstance(shape, dict):
        yield from _fields(value, shape, at)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{at}: a list, not {value!r}"
        else:
            for number, each in enumerate(value):
                yield from misfits(each, shape[0], f"{at}[{number}]")
    elif not _is(value, shape):
        yield f"{at}: {value!r} is not {shape}"


def _fields(value: Any, shape: dict[str, Shape], at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: an object, not {value!r}"
        return
    if value.keys() != shape.keys():
        yield f"{at}: missing {shape.keys() - value.keys()}, unexpected {value.keys() - shape.keys()}"
    for name in shape.keys() & value.keys():
        yield from misfits(value[name], shape[name], f"{at}.{name}")


def _is(value: Any, shape: Shape) -> bool:
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and bool(shape.fullmatch(value))
    if isinstance(shape, type):
        return isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
    return bool(shape(value)) if callable(shape) else bool(value == shape)


def fits(value: Any, shape: Shape) -> None:
    """Fails with every place where it does not."""
    wrong = list(misfits(value, shape))
    assert not wrong, "\n".join(wrong)


def data(answer: Any, status: int = 200, shape: Shape = None) -> Any:
    """What a success carries, in its envelope and of this shape."""
    assert answer.status_code == status, answer.content
    told = answer.json()
    assert (told["success"], set(told)) == (True, {"success", "data"})
    if shape is not None:
        fits(told["data"], shape)
    return told["data"]


META = {"next": maybe(TEXT), "previous": maybe(TEXT), "count": maybe(int)}


def rows(answer: Any, shape: Shape, meta: Shape = META) -> list[Any]:
    """What a list carries, each row of this shape."""
    assert answer.status_code == 200, answer.content
    fits(answer.json(), {"success": True, "data": [shape], "meta": meta})
    found: list[Any] = answer.json()["data"]
    return found


def refused(answer: Any, status: int, word: str, **errors: list[str]) -> Any:
    """A refusal in its envelope: its word for programs, a sentence for people."""
    told = answer.json()
    assert (answer.status_code, told["success"], told["code"]) == (status, False, word), told
    fits(told["message"], TEXT)
    assert set(told) >= {"success", "message", "code", "errors"}
    if told["errors"]:
        assert told["message"] == next(iter(told["errors"].values()))[0]
    assert errors.items() <= told["errors"].items(), told
    return told


# --- the things of the market ---------------------------------------------------------------------

SIZE = {"url": URL, "width": int, "height": int}
PRODUCT = {
    "id": code("P"), "name": TEXT, "name_ar": str, "description": str, "price": MONEY, "currency": "AED",
    "vat_rate": re.compile(r"0(\.\d+)?"), "available": int, "unit": re.compile(r"[A-Z0-9]{3}"),
    "units_per_carton": maybe(int), "min_quantity": int, "quantity_step": int,
    "category": {"slug": TEXT, "name": TEXT}, "brand": {"slug": TEXT, "name": TEXT},
    "vendor": {"id": code("V"), "name": TEXT}, "images": [SIZE | {"sizes": [SIZE]}],
    "status": one_of("draft", "listed", "hidden", "archived"), "url": URL,
}  # fmt: skip
OWN_PRODUCT = PRODUCT | {
    "on_hand": int, "reserved": int, "sku": str, "gtin": str, "hs_code": str, "vat_category": one_of(*"SZEO"),
    "moves": [TEXT],
}  # fmt: skip
ORDER_STATUSES = (
    "awaiting_payment", "placed", "processing", "ready", "picked_up", "out_for_delivery", "delivered",
    "failed", "expired", "cancelled", "rejected",
)  # fmt: skip
PAYMENT_STATUSES = ("created", "pending", "unknown", "failed", "captured")
REFUND_STATUSES = ("pending", "unknown", "done", "failed")
DELIVERY_STATUSES = ("assigned", "picked_up", "out_for_delivery", "delivered", "failed")
METHOD = one_of("card", "cash_on_delivery")
PLACE = {
    "line1": TEXT,
    "line2": str,
    "area": str,
    "city": TEXT,
    "emirate": TEXT,
    "contact": str,
    "phone": str,
}
LINE = {
    "product": {"id": code("P"), "name": TEXT}, "quantity": int, "unit": TEXT, "unit_price": MONEY,
    "net": MONEY, "vat": MONEY, "total": MONEY,
}  # fmt: skip
ENTRY = {"at": TIME, "event": TEXT, "from": str, "to": str, "by": TEXT, "note": str}
ORDER = {
    "id": code("ORD"), "checkout": code("CHK"), "vendor": {"id": code("V"), "name": TEXT},
    "retailer": {"id": code("R"), "name": TEXT}, "status": one_of(*ORDER_STATUSES), "currency": "AED",
    "subtotal": MONEY, "vat": MONEY, "total": MONEY, "lines": [LINE], "address": PLACE,
    "payment": maybe({"id": code("PAY"), "method": METHOD, "status": one_of(*PAYMENT_STATUSES)}),
    "delivery": maybe({
        "id": code("DEL"), "status": one_of(*DELIVERY_STATUSES), "carrier": maybe(TEXT), "driver": maybe(TEXT),
        "code": maybe(re.compile(r"\d+")),
    }),
    "placed_at": maybe(TIME), "history": [ENTRY], "moves": [TEXT],
}  # fmt: skip
REFUND = {"id": code("RF"), "amount": MONEY, "status": one_of(*REFUND_STATUSES), "reason": TEXT}
PAYMENT = {
    "id": code("PAY"), "method": METHOD, "status": one_of(*PAYMENT_STATUSES), "amount": MONEY, "currency": "AED",
    "redirect_url": maybe(URL), "refunds": [REFUND],
}  # fmt: skip
CHECKOUT = {"id": code("CHK"), "total": MONEY, "orders": [ORDER], "payments": [PAYMENT]}
DELIVERY = {
    "id": code("DEL"), "order": code("ORD"), "status": one_of(*DELIVERY_STATUSES),
    "carrier": maybe({"id": code("C"), "name": TEXT}), "driver": maybe({"id": UUID, "name": TEXT}),
    "vendor": {"id": code("V"), "name": TEXT}, "retailer": {"id": code("R"), "name": TEXT}, "address": PLACE,
    "items": [{"name": TEXT, "quantity": int, "unit": TEXT}], "code_asked": bool, "locked": bool,
    "cash_due": maybe(MONEY), "cash": maybe(MONEY), "failure": str, "note": str, "photo": maybe(URL),
    "picked_up_at": maybe(TIME), "out_at": maybe(TIME), "delivered_at": maybe(TIME), "failed_at": maybe(TIME),
    "moves": [TEXT],
}  # fmt: skip
NOTE = {"id": UUID, "title": TEXT, "subject": TEXT, "url": str, "created_at": TIME, "read_at": maybe(TIME)}
PAIR = {"access": TEXT, "refresh": TEXT, "expires_in": int}
USER = {
    "id": UUID, "name": TEXT, "role": one_of("vendor", "retailer", "driver", "dispatcher", "staff"),
    "business": maybe({"id": TEXT, "name": TEXT, "status": TEXT}),
}  # fmt: skip
