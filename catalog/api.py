"""The catalogue through the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field, StrictInt

from catalog import actions
from catalog.forms import NewProductForm, ProductForm, StockForm
from catalog.models import Brand, Category, Product
from core import files
from core.api import Failure, In, Money, Ok, Page, Text, found, ok, page, vendor
from core.bodies import JSON, MULTIPART, body_of, documented
from core.errors import Invalid, NotThere
from core.forms import checked, uploads

router = Router(tags=["Catalogue"])


class Named(Schema):
    slug: str
    name: str


class Party(Schema):
    id: str
    name: str


class ImageOut(Schema):
    url: str
    width: int
    height: int


class ProductOut(Schema):
    id: str = Field(alias="code")
    name: str
    name_ar: str
    description: str
    price: Money
    currency: str
    vat_rate: Decimal
    available: int
    unit: str
    units_per_carton: int | None
    min_quantity: int
    quantity_step: int
    category: Named
    brand: Named
    vendor: Party
    images: list[ImageOut]
    status: str
    url: str = Field(alias="get_absolute_url")


class OwnProductOut(ProductOut):
    on_hand: int
    reserved: int
    sku: str
    gtin: str
    hs_code: str
    vat_category: str


class MovementOut(Schema):
    at: datetime
    kind: str
    on_hand: int
    reserved: int
    reason: str
    actor: str


class StockIn(In):
    change: StrictInt
    reason: Text


@router.get("/products", response=Page[ProductOut])
def products(
    request: HttpRequest,
    search: str = "",
    category: str = "",
    brand: str = "",
    vendor: str = "",
    cursor: str | None = None,
    page_size: int = 25,
) -> Any:
    """What is on sale, newest first."""
    rows = Product.objects.on_sale().shown().found(search).narrowed(category, brand, vendor)
    return page(rows, cursor, page_size)


@router.get("/products/{code:code}", response=Ok[ProductOut])
def product(request: HttpRequest, code: str) -> Any:
    """One product on sale."""
    return ok(found(Product.objects.on_sale().shown().coded(code).first()))


@router.get("/categories", response=Ok[list[Named]])
def categories(request: HttpRequest) -> Any:
    """The shelves."""
    return ok(Category.objects.all())


@router.get("/brands", response=Ok[list[Named]])
def brands(request: HttpRequest) -> Any:
    """The makers."""
    return ok(Brand.objects.all())


MEDIA = (JSON, MULTIPART)


@router.post(
    "/products",
    response={201: Ok[OwnProductOut], 400: Failure, 403: Failure},
    openapi_extra=documented(NewProductForm, media=MEDIA),
    auth=vendor,
)
def create(request: HttpRequest) -> Any:
    """List a product, on sale at once."""
    fields, sent = body_of(request, known={*NewProductForm.base_fields, "images"} - {"image"})
    user: Any = request.user
    facts = checked(NewProductForm(fields, instance=Product(vendor_id=user.business_id)))
    pictures = uploads("images", sent, files.picture)
    made = actions.create(facts, facts["quantity"], user, pictures)
    return Status(201, ok(_own(request, made.code)))


@router.patch(
    "/products/{code:code}",
    response={200: Ok[OwnProductOut], 400: Failure},
    openapi_extra=documented(ProductForm, media=MEDIA),
    auth=vendor,
)
def edit(request: HttpRequest, code: str) -> Any:
    """Change some facts of my product; what is not sent stays."""
    row = _own(request, code)
    fields, _sent = body_of(request, known=set(ProductForm.base_fields))
    form = ProductForm({**ProductForm.of(row), **fields}, instance=row)
    facts = checked(form)
    actions.edit(row, {name: facts[name] for name in fields}, request.user)  # type: ignore[arg-type]
    return ok(_own(request, code))


@router.delete("/products/{code:code}", response=Ok[OwnProductOut], auth=vendor)
def archive(request: HttpRequest, code: str) -> Any:
    """Take it off sale for good; orders keep it."""
    actions.archive(_own(request, code), request.user)
    return ok(_own(request, code))


@router.post("/products/{code:code}/images", response={201: Ok[OwnProductOut], 400: Failure}, auth=vendor)
def add_images(request: HttpRequest, code: str) -> Any:
    """More pictures, last in order (multipart field `images`)."""
    row = _own(request, code)
    _fields, sent = body_of(request, known={"images"}, media=(MULTIPART,))
    pictures = uploads("images", sent, files.picture)
    if not pictures:
        raise Invalid.field("images", _("Images are required"))
    for picture in pictures:
        actions.add_picture(row, picture, request.user)  # type: ignore[arg-type]
    return Status(201, ok(_own(request, code)))


@router.delete("/products/{code:code}/images/{int:place}", response=Ok[OwnProductOut], auth=vendor)
def remove_image(request: HttpRequest, code: str, place: int) -> Any:
    """Take down a picture by its place, counted from 1."""
    actions.remove_picture(_own(request, code), place, request.user)  # type: ignore[arg-type]
    return ok(_own(request, code))


@router.get("/products/{code:code}/movements", response=Page[MovementOut], auth=vendor)
def movements(request: HttpRequest, code: str, cursor: str | None = None, page_size: int = 25) -> Any:
    """The ledger of my product's stock, newest first."""
    return page(_own(request, code).movements.all(), cursor, page_size)


@router.post("/products/{code:code}/stock", response=Ok[OwnProductOut], auth=vendor)
def change_stock(request: HttpRequest, code: str, body: StockIn) -> Any:
    """Receive (+) or correct (−) stock, with a reason."""
    row = _own(request, code)
    facts = checked(StockForm(body.dict()))
    actions.change_stock(row, facts["change"], facts["reason"], request.user)  # type: ignore[arg-type]
    return ok(_own(request, code))


def _own(request: HttpRequest, code: str) -> Product:
    """My product, whatever its status."""
    row: Product | None = Product.objects.seen_by(request.user).shown().coded(code).first()
    if row is None:
        raise NotThere
    return row
