"""The catalogue through the API."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from django.views.decorators.vary import vary_on_headers
from ninja import Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import Field, StrictInt

from catalog import actions, cache, facets, search, shelves
from catalog.forms import SORTS, FilterForm, NewProductForm, ProductForm, StockForm
from catalog.models import Product, ProductQuerySet
from catalog.search import Wish
from core import files
from core.api import Failure, In, Meta, Money, Ok, Page, Text, found, ok, page, vendor
from core.bodies import JSON, MULTIPART, body_of, documented
from core.errors import Invalid, NotThere, Refusal
from core.forms import checked, uploads
from core.replicas import readable

router = Router(tags=["Catalogue"])


class Named(Schema):
    slug: str
    name: str


class BrandOut(Named):
    name_ar: str


class CategoryOut(BrandOut):
    parent: str | None
    children: list[CategoryOut]


class Party(Schema):
    id: str
    name: str


class SizeOut(Schema):
    url: str
    width: int
    height: int


class ImageOut(SizeOut):
    sizes: list[SizeOut]


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
    moves: list[str] = []


class ChoiceOut(BrandOut):
    count: int


class VendorChoiceOut(Party):
    count: int


class BandOut(Schema):
    min: Money
    max: Money | None
    count: int


class StockedOut(Schema):
    value: bool
    count: int


NAMES_OF_FACETS = {
    "category": "category",
    "brand": "brand",
    "vendor": "vendor",
    "band": "price",
    "free": "in_stock",
}


class FacetsOut(Schema):
    category: list[ChoiceOut]
    brand: list[ChoiceOut]
    vendor: list[VendorChoiceOut]
    price: list[BandOut]
    in_stock: list[StockedOut]
    at_least: list[str] = Field(description="Facets so broad that their counts are not complete.")

    @staticmethod
    def resolve_at_least(counted: Any) -> list[str]:
        return sorted(NAMES_OF_FACETS[facet] for facet in counted.capped)

    @staticmethod
    def resolve_in_stock(counted: Any) -> list[dict[str, Any]]:
        return [
            {"value": True, "count": counted.in_stock},
            {"value": False, "count": counted.out_of_stock},
        ]


class ProductsMeta(Meta):
    facets: FacetsOut | None = None
    corrected: str | None = Field(None, description="What was searched for, where words were corrected.")


class ProductsOut(Schema):
    success: bool = True
    data: list[ProductOut]
    meta: ProductsMeta


class ProductsIn(Schema):
    """The filters are judged by the form that the page uses."""

    search: str = ""
    category: str = Field("", description="Slug; the shelves within it count.")
    brand: str = Field("", description="Slug.")
    vendor: str = Field("", description="Readable id, such as V1001.")
    min_price: str = Field("", description="AED without VAT, inclusive.")
    max_price: str = Field("", description="AED without VAT, inclusive.")
    in_stock: str = Field("", description="true: only what can be ordered now.")
    sort: str = Field("", json_schema_extra={"enum": ["", *SORTS]})
    literal: str = Field("", description="true: search for the words as they are typed, right or wrong.")
    cursor: str = Field("", description="`meta.next` or `meta.previous` of another page in the same sort.")
    page_size: int = Field(25, description="1 to 100.")
    facets: bool = Field(False, description="Adds `meta.facets`: what each further choice would leave.")


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


# Anybody's answer: a program that has it already asks only whether it changed (ETag, 304).
PUBLIC = (conditional_page, cache_control(no_cache=True), vary_on_headers("Authorization"))


@router.get("/products", response=ProductsOut)
@decorate_view(*PUBLIC, readable)
def products(request: HttpRequest, asked: Query[ProductsIn]) -> Any:
    """What is on sale, narrowed and sorted."""
    wish = Wish.of(checked(FilterForm(asked.dict())))
    return HttpResponse(_listed(wish, asked.cursor, asked.page_size, asked.facets), content_type=JSON)


def _listed(wish: Wish, cursor: str, size: int, with_facets: bool) -> bytes:
    """The whole answer; who keeps it is said in `aqad.ready`."""
    counted = facets.of(wish) if with_facets else None
    seen = counted.seen if counted else search.breadth(wish)
    found = search.page_of(wish, cursor, size, seen)
    meta: dict[str, Any] = {"next": found.next, "previous": found.previous, "count": search.count(wish, seen)}
    told = ProductsOut.model_validate(
        {"data": found.rows, "meta": meta | {"facets": counted, "corrected": wish.corrected or None}}
    )
    return told.model_dump_json(exclude={"meta": _unsaid(told.meta)}).encode()


def _unsaid(meta: ProductsMeta) -> dict[str, Any]:
    """What is said only where there is something to say."""
    unsaid: dict[str, Any] = {name: True for name in ("facets", "corrected") if getattr(meta, name) is None}
    return unsaid | ({"facets": {"at_least"}} if meta.facets and not meta.facets.at_least else {})


@router.get("/products/{code:code}", response=Ok[ProductOut])
@decorate_view(*PUBLIC)
def product(request: HttpRequest, code: str) -> Any:
    """One product on sale; its vendor sees it off sale too, and more of it."""
    if (own := _own_if_signed_in(request, code)) is not None:
        answer = JsonResponse(Ok[OwnProductOut].model_validate(own).model_dump(mode="json"))
        answer["Cache-Control"] = "private, no-store"
        return answer
    rows = Product.objects.on_sale().coded(code)
    row = found(rows.select_related("stock", "vendor").only("updated_at", "stock", "vendor__name").first())
    facts = cache.remembered(
        cache.SHELVES, (row.pk, row.updated_at, row.vendor.name), lambda: _told(rows), cache.LONG
    )
    return JsonResponse(ok(facts | {"available": row.available}))


@router.get("/categories", response=Ok[list[CategoryOut]])
@decorate_view(*PUBLIC)
def categories(request: HttpRequest) -> Any:
    """The shelves, each with the shelves in it."""
    return ok(shelves.tree())


@router.get("/brands", response=Ok[list[BrandOut]])
@decorate_view(*PUBLIC)
def brands(request: HttpRequest) -> Any:
    """The makers."""
    return ok([*shelves.makers().values()])


MEDIA = (JSON, MULTIPART)


@router.post(
    "/products",
    response={201: Ok[OwnProductOut], 400: Failure, 403: Failure},
    openapi_extra=documented(NewProductForm, media=MEDIA),
    auth=vendor,
)
def create(request: HttpRequest) -> Any:
    """List a product, on sale at once unless `status` is `draft`."""
    fields, sent = body_of(request, known=set(NewProductForm.base_fields))
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
    actions.add_pictures(row, pictures, request.user)  # type: ignore[arg-type]
    return Status(201, ok(_own(request, code)))


@router.delete("/products/{code:code}/images/{int:place}", response=Ok[OwnProductOut], auth=vendor)
def remove_image(request: HttpRequest, code: str, place: int) -> Any:
    """Take down a picture by its place, counted from 1."""
    row = _own(request, code)
    shown = list(row.images.all())
    if not 1 <= place <= len(shown):
        raise NotThere
    actions.remove_picture(row, shown[place - 1], request.user)  # type: ignore[arg-type]
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


@router.post(
    "/products/{code:code}/moves/{move}",
    response={200: Ok[OwnProductOut], 403: Failure, 409: Failure},
    auth=vendor,
)
def move(request: HttpRequest, code: str, move: str) -> Any:
    """Move my product on: `list`, `withdraw`, `archive`."""
    if move not in actions.VERBS:
        raise NotThere
    actions.VERBS[move](_own(request, code), request.user)
    return ok(_own(request, code))


def _own(request: HttpRequest, code: str) -> Any:
    """My product, whatever its status."""
    row: Any = Product.objects.seen_by(request.user).shown().coded(code).first()
    if row is None:
        raise NotThere
    row.moves = [move.name for move in row.moves_for(request.user)]
    return row


def _own_if_signed_in(request: HttpRequest, code: str) -> dict[str, Any] | None:
    """The same for a vendor's token where anybody may ask; None for everybody else."""
    try:
        return ok(_own(request, code)) if vendor(request) else None
    except Refusal:
        return None


def _told(rows: ProductQuerySet) -> dict[str, Any]:
    """A product's facts as values."""
    told: dict[str, Any] = ProductOut.model_validate(found(rows.shown().first())).model_dump(mode="json")
    return told
