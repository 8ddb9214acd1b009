"""The demo market: the story's people, and goods of the trade to look at. Loading it again changes nothing."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from accounts import actions as accounts
from accounts.actions import join
from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import User, next_code
from catalog import actions as catalog
from catalog.forms import NewProductForm
from catalog.models import Brand, Category, Product
from core import files
from core.access import SYSTEM
from core.files import Checked
from core.forms import checked
from core.roles import Role
from logistics.models import Carrier
from retailers import actions as retailers
from vendors import actions as vendors
from vendors.forms import VendorRegistration
from vendors.models import Vendor

PASSWORD = "aqad-demo"  # noqa: S105
LOGINS = {
    "ahmed@ahmedfoods.example": "vendor V1001, Ahmed Foods LLC",
    "fresh@freshmart.example": "retailer R2001, Fresh Mart Supermarket",
    "driver@fasttrack.example": "driver of C3001, FastTrack Logistics",
    "dispatch@fasttrack.example": "dispatcher of C3001",
    "admin@aqad.example": "staff, in /admin/",
    "new@newvendor.example": "vendor pending approval",
}
CATEGORIES = [
    ("soft-drinks", "Soft drinks", "مشروبات غازية"),
    ("water-juice", "Water and juice", "مياه وعصائر"),
    ("rice-grains", "Rice and grains", "أرز وحبوب"),
    ("dairy", "Dairy", "ألبان"),
    ("tea-coffee", "Tea and coffee", "شاي وقهوة"),
    ("snacks", "Snacks", "وجبات خفيفة"),
]
BRANDS = [
    ("pepsi", "Pepsi", "بيبسي"),
    ("mirinda", "Mirinda", "ميرندا"),
    ("seven-up", "7UP", "سفن أب"),
    ("gulf-spring", "Gulf Spring", "ينابيع الخليج"),
    ("desert-gold", "Desert Gold", "ذهب الصحراء"),
    ("al-waha", "Al Waha", "الواحة"),
]
GOODS: list[tuple[str, str, str, str, str, str, int, str]] = [
    # name, Arabic, category, brand, price, unit, stock, colour
    ("Pepsi 330ml", "بيبسي 330 مل", "soft-drinks", "pepsi", "32.50", "XCT", 500, "#0b5bd3"),
    ("Pepsi Diet 330ml", "بيبسي دايت 330 مل", "soft-drinks", "pepsi", "32.50", "XCT", 220, "#5b6b80"),
    (
        "Mirinda Orange 330ml",
        "ميرندا برتقال 330 مل",
        "soft-drinks",
        "mirinda",
        "31.00",
        "XCT",
        340,
        "#ef7d00",
    ),
    ("7UP 330ml", "سفن أب 330 مل", "soft-drinks", "seven-up", "31.00", "XCT", 180, "#109d55"),
    (
        "Spring water 500ml",
        "مياه ينابيع 500 مل",
        "water-juice",
        "gulf-spring",
        "11.25",
        "XCT",
        900,
        "#3fa9f5",
    ),
    ("Mango juice 1l", "عصير مانجو 1 لتر", "water-juice", "gulf-spring", "48.00", "XCT", 120, "#f5a623"),
    ("Basmati rice 5kg", "أرز بسمتي 5 كجم", "rice-grains", "desert-gold", "29.75", "XBG", 260, "#c9a44c"),
    ("Red lentils 1kg", "عدس أحمر 1 كجم", "rice-grains", "desert-gold", "62.00", "XCT", 75, "#d6542b"),
    ("Full cream milk 1l", "حليب كامل الدسم 1 لتر", "dairy", "al-waha", "58.40", "XCT", 140, "#4b7fb8"),
    ("Labneh 400g", "لبنة 400 جم", "dairy", "al-waha", "96.00", "XCT", 40, "#8fae7c"),
    ("Karak tea 1kg", "شاي كرك 1 كجم", "tea-coffee", "al-waha", "118.00", "XCT", 64, "#8d5524"),
    ("Potato chips salted", "رقائق بطاطس مملحة", "snacks", "desert-gold", "44.10", "XCT", 15, "#e2b100"),
]


def load() -> dict[str, str]:
    """Make the demo market unless it is there; answers the logins and who they are."""
    with transaction.atomic():
        if not User.objects.filter(email="ahmed@ahmedfoods.example").exists():
            _people()
            _goods()
    return LOGINS


def _people() -> None:
    admin = User.objects.create_superuser("admin@aqad.example", PASSWORD, name="Sara")
    ahmed = _vendor("Ahmed Foods LLC", "Ahmed", "ahmed@ahmedfoods.example", "050 123 4567", "100234567800003")
    accounts.approve(ahmed.business, admin, note="Documents are in order.")
    _vendor("New Vendor Trading", "Nadia", "new@newvendor.example", "052 765 4321", "100987654300003")
    retailers.register(
        _person("Fatima", "fresh@freshmart.example", "050 222 3344", "Fresh Mart Supermarket") | {"trn": ""},
        {"line1": "Shop 4, Al Rigga Road", "area": "Deira", "city": "Dubai", "emirate": "DXB",
         "contact": "Fatima", "phone": "+971502223344"},
    )  # fmt: skip
    _carrier()


def _person(name: str, email: str, phone: str, company: str) -> dict[str, Any]:
    return {"name": name, "email": email, "phone": phone, "password": PASSWORD, "company_name": company}


def _vendor(company: str, name: str, email: str, phone: str, trn: str) -> Vendor:
    facts = _person(name, email, phone, company) | {
        "trn": trn,
        "emirate": "DXB",
        "trade_license_number": f"CN-{trn[3:10]}",
        "trade_license_authority": "Dubai Economy and Tourism",
        "trade_license_expiry": (timezone.localdate() + timedelta(days=300)).isoformat(),
    }
    papers = {
        "trade_license": _paper("TRADE LICENCE", company, facts["trade_license_number"]),
        "vat_certificate": _paper("VAT CERTIFICATE", company, f"TRN {trn}"),
    }
    cleaned = checked(VendorRegistration(facts, papers))  # type: ignore[arg-type]
    return vendors.register(cleaned, {name: str(paper.name) for name, paper in papers.items()})


def _carrier() -> None:
    carrier = Carrier(
        id=next_code("C"), name="FastTrack Logistics", status=BusinessStatus.ACTIVE,
        covers=["DXB", "SHJ", "AJM", "AUH", "UAQ", "RAK", "FUJ"],
    )  # fmt: skip
    carrier.save(force_insert=True)
    BUSINESS.begin(carrier.business, SYSTEM, company=carrier.name)
    for name, role, email in (
        ("Bilal", Role.DRIVER, "driver@fasttrack.example"),
        ("Deepa", Role.DISPATCHER, "dispatch@fasttrack.example"),
    ):
        join(carrier.business, role, name=name, email=email, password=PASSWORD, phone="+971501112233")


def _goods() -> None:
    for position, (slug, name, name_ar) in enumerate(CATEGORIES):
        Category.objects.create(slug=slug, name=name, name_ar=name_ar, position=position)
    for slug, name, name_ar in BRANDS:
        Brand.objects.create(slug=slug, name=name, name_ar=name_ar)
    seller = User.objects.select_related("membership__business").get(email="ahmed@ahmedfoods.example")
    for name, name_ar, category, brand, price, unit, quantity, colour in GOODS:
        facts = {
            "name": name, "name_ar": name_ar, "category": category, "brand": brand, "price": Decimal(price),
            "unit": unit, "quantity": quantity, "units_per_carton": 24 if unit == "XCT" else 1,
            "description": f"{name}, sold by the {'carton' if unit == 'XCT' else 'bag'}.",
        }  # fmt: skip
        form = NewProductForm(facts, instance=Product(vendor_id=seller.business_id))
        catalog.create(checked(form), quantity, seller, [_picture(name, colour)])


def _paper(title: str, company: str, number: str) -> SimpleUploadedFile:
    """A one-page PDF that looks like a certificate at a glance."""
    sheet = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((60, 60, 1180, 1694), outline="#0f5c4d", width=6)
    lines = [
        (240, title, 84),
        (420, company, 56),
        (520, number, 44),
        (640, "Specimen for the demo market", 32),
    ]
    for top, text, size in lines:
        draw.text((620, top), text, fill="#12302b", font=ImageFont.load_default(size), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=150)
    name = f"{title.lower().replace(' ', '-')}.pdf"
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def _picture(name: str, colour: str) -> Checked:
    """A drawn carton in the product's colour."""
    size = 800
    sheet = Image.new("RGB", (size, size), "#f4f1ea")
    draw = ImageDraw.Draw(sheet)
    draw.ellipse((140, 660, 660, 730), fill="#e3ddd0")
    draw.polygon([(180, 250), (620, 250), (680, 180), (240, 180)], fill=_shade(colour, 1.25))
    draw.polygon([(620, 250), (680, 180), (680, 610), (620, 690)], fill=_shade(colour, 0.7))
    draw.rectangle((180, 250, 620, 690), fill=colour)
    draw.rectangle((180, 400, 620, 540), fill="#ffffff")
    words = name.rsplit(" ", 1)
    for top, text, points in ((445, words[0], 44), (502, words[-1], 34)):
        draw.text((400, top), text[:20], fill="#1b2733", font=ImageFont.load_default(points), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return files.picture(SimpleUploadedFile("carton.png", out.getvalue(), "image/png"))


def _shade(colour: str, factor: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, int(int(colour[i : i + 2], 16) * factor)) for i in (1, 3, 5))
    return red, green, blue
