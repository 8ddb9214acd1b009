"""What the style guide shows its components with: nothing of it is in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.templatetags.static import static
from django.utils.datastructures import MultiValueDict

from accounts.lifecycle import BUSINESS
from aqad.steps import Step
from catalog.lifecycle import PRODUCT
from core.lifecycle import Lifecycle
from logistics.lifecycle import DELIVERY
from orders.lifecycle import ORDER
from payments.lifecycle import BREAK, PAYMENT, REFUND
from vendors.lifecycle import DOCUMENT

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Asia/Dubai"))
LONG = "Al Khaleej Al Arabi General Trading and Foodstuff Distribution Company LLC, Umm Ramool Branch"
TABLES = (BUSINESS, DOCUMENT, PRODUCT, ORDER, PAYMENT, REFUND, BREAK, DELIVERY)
PLACE = {
    "line1": "Warehouse 7, 19th Street",
    "area": "Al Quoz Industrial 3",
    "city": "Dubai",
    "emirate": "DXB",
    "contact": "فاطمة الهاشمي",
    "phone": "+971501234567",
}
ROWS = [
    ("ORD1001", "Ahmed Foods LLC", "placed", Decimal("3412.50"), NOON),
    ("ORD1002", "متجر الخليج الطازج", "out_for_delivery", Decimal("128.10"), NOON - timedelta(hours=3)),
    ("ORD1003", LONG, "rejected", Decimal("1284310.00"), NOON - timedelta(days=40)),
]
TABS = [
    {"label": "All", "url": "#lists", "active": True, "count": 214},
    {"label": "To accept", "url": "#lists", "active": False, "count": 3},
    {"label": "تم التسليم", "url": "#lists", "active": False, "count": 0},
    {"label": "Without a count", "url": "#lists", "active": False},
]
STEPS = [
    Step("List your first product", "", "#panels", True),
    Step("Show it with a picture", "Shops look at pictures first.", "#panels", False),
    Step("اقبل طلبك الأول", "يظهر في هذه الصفحة.", "", False),
]
MESSAGES = {
    "success": (constants.SUCCESS, "ORD1001: Accepted"),
    "info": (constants.INFO, "The link is on its way already. Please look among the spam too."),
    "warning": (constants.WARNING, "2 of 14 products are sold out and were left aside."),
    "error": (constants.ERROR, "Only 40 of Pepsi 330ml are left."),
}


def toasts() -> list[Message]:
    """One message of each level."""
    return [Message(level, text) for level, text in MESSAGES.values()]


def statuses() -> list[tuple[str, list[str], str]]:
    """Each noun, its statuses in the order of its table, and the kind that picks their words."""
    return [(table.noun.capitalize(), list(_statuses(table)), table.noun) for table in TABLES]


def _statuses(table: Lifecycle) -> dict[str, None]:
    found = {str(table.start): None}
    for move in table.table:
        found |= dict.fromkeys([*map(str, move.sources), str(move.target)])
    return found


def products() -> list[SimpleNamespace]:
    """A card in plenty, one with little left and a long name, one sold out, one in Arabic."""
    return [
        _product("Pepsi 330ml", available=500, picture=static("img/empty-products.svg")),
        _product(LONG, available=7, least=12, price="18250.00"),
        _product("Labneh 500 g", available=0),
        _product("تمر خلاص فاخر ٥ كغ", available=120, brand="باطل", vendor="شركة الواحة للتمور"),
    ]


def _product(title: str, available: int, price: str = "32.50", **facts: object) -> SimpleNamespace:
    names = {"brand": facts.pop("brand", "PepsiCo"), "vendor": facts.pop("vendor", "Ahmed Foods LLC")}
    picture = facts.pop("picture", None)
    drawn = (
        SimpleNamespace(
            url=picture,
            srcset_of_card=f"{picture} 200w",
            width=200,
            height=150,
            file=SimpleNamespace(name=picture),
            widths=(),
        )
        if picture
        else None
    )
    plain = {
        "pk": 0,
        "code": "P1001",
        "name": title,
        "name_ar": "",
        "unit": "XCT",
        "min_quantity": 1,
        "quantity_step": 1,
        "least": 1,
        "units_per_carton": 24,
        "get_unit_display": "carton",
        "get_absolute_url": "#goods",
    }
    return SimpleNamespace(
        **plain | facts, title=title, available=available, price=Decimal(price), picture=drawn,
        brand=SimpleNamespace(title=names["brand"], name=names["brand"], name_ar=""),
        vendor=SimpleNamespace(name=names["vendor"]),
    )  # fmt: skip


def basket() -> SimpleNamespace:
    """The sums of a basket with goods of two suppliers."""
    names = ("Ahmed Foods LLC", "شركة الواحة لتجارة المواد الغذائية")
    groups = [
        SimpleNamespace(vendor=SimpleNamespace(name=name), lines=[1, 2], subtotal=Decimal("341.25"))
        for name in names
    ]
    return SimpleNamespace(groups=groups, count=4, subtotal=Decimal("682.50"), total=Decimal("716.63"))


def history() -> list[SimpleNamespace]:
    """A short life of an order, oldest first."""
    return list(_history())


def _history() -> Iterator[SimpleNamespace]:
    told = (
        ("order.place", "Retailer R2001", ""),
        ("order.pay", "AQAD", ""),
        ("order.accept", "Vendor V1001", ""),
        ("order.reject", "Vendor V1001", f"The pallet fell. {LONG}"),
    )
    for n, (name, actor, note) in enumerate(told):
        yield SimpleNamespace(name=name, actor=actor, note=note, at=NOON + timedelta(minutes=7 * n))


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Company name", help_text="As it stands on the trade licence.")
    email = forms.EmailField(label="E-mail")
    phone = forms.CharField(label="Phone", required=False)
    emirate = forms.ChoiceField(
        label="Emirate", choices=[("", "Choose one"), ("DXB", "Dubai"), ("SHJ", "Sharjah")]
    )
    price = forms.DecimalField(label="Price, AED without VAT", min_value=0, decimal_places=2)
    code = forms.CharField(label="Number (cannot be changed)", disabled=True, initial="V1001", required=False)
    licence = forms.FileField(
        label="Trade licence", help_text="PDF, JPEG, PNG or WebP, up to 10 MB.", required=False
    )
    about = forms.CharField(label="اكتب عن شركتك", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    method = forms.ChoiceField(
        label="How to pay", widget=forms.RadioSelect, choices=[("card", "Card"), ("cash", "Cash on delivery")]
    )
    terms = forms.BooleanField(label="The facts above are true.")


def wrong_form() -> SampleForm:
    """The same form sent with everything wrong."""
    sent = {"email": "fatima(at)freshmart", "price": "-3", "name": ""}
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict(
        {"licence": [SimpleUploadedFile("licence.pdf", b"")]}
    )
    form = SampleForm(sent, files, auto_id="wrong_%s")
    form.add_error(None, "A business with this trade licence is known already.")
    return form
