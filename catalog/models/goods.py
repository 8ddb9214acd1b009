"""Categories, brands and the products that stand on them."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.admin import display
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower, Now, NullIf, Replace, Upper
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import BusinessStatus
from accounts.models import Business
from catalog.lifecycle import PRODUCT, ProductStatus
from core.access import Owner
from core.codes import Coded, CodedQuerySet
from core.lifecycle import Moving
from core.money import CURRENCY, RATES, VatCategory, money_field, to_fils, vat_on
from core.roles import Role
from vendors.models import Vendor

if TYPE_CHECKING:
    from catalog.models.pictures import Image

SKU_TAKEN = _("Another of your products has this SKU.")


class Unit(models.TextChoices):
    """What a price and a quantity are per: UN/ECE Recommendation 20 and 21 codes."""

    CARTON = "XCT", _("carton")
    BOX = "XBX", _("box")
    BAG = "XBG", _("bag")
    CRATE = "XCR", _("crate")
    PIECE = "H87", _("piece")
    KILOGRAM = "KGM", _("kilogram")
    LITRE = "LTR", _("litre")


PACKS = (Unit.CARTON, Unit.BOX, Unit.BAG, Unit.CRATE)


def per_piece(price: Decimal, unit: str, pieces: int | None) -> Decimal | None:
    """The price of one piece of a carton, box, bag or crate, without VAT; None where there is but one."""
    return to_fils(price / pieces) if pieces and pieces > 1 and unit in PACKS else None


def per_carton(price: Decimal, unit: str, pieces: int | None) -> Decimal | None:
    """The price of a whole carton of what is sold by the piece, without VAT; None where there is no carton."""
    return price * pieces if pieces and pieces > 1 and unit not in PACKS else None


def least(minimum: int, step: int) -> int:
    """The smallest quantity that can be ordered: the minimum in whole steps."""
    return -(-minimum // step) * step


@lru_cache(20_000)
def slug(name: str) -> str:
    """How a product's name is told in its address."""
    return slugify(name) or "product"


class Bilingual(models.Model):
    """Mixin of a thing with an English and an Arabic name."""

    name = models.CharField(_("name"), max_length=200)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """How the audit log names a shelf or a maker: by its slug."""
        return str(getattr(self, "slug", self.pk))[:40]

    @property
    @display(description=_("name"))
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_ar if get_language() == "ar" and self.name_ar else self.name


class Category(Bilingual):
    """A shelf of the market; shelves stand in shelves."""

    slug = models.SlugField(unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["position", "name", "id"]

    def clean(self) -> None:
        """A shelf stands in no shelf that stands in it; the database refuses that too."""
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A category can't stand within itself.")})
            above = above.parent


class Brand(Bilingual):
    """Who makes it."""

    slug = models.SlugField(unique=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering: ClassVar = ["name"]


class Apart(models.Func):
    """A condition that PostgreSQL looks at by itself, not as one more table to join."""

    template = "(%(expressions)s) IS TRUE"
    output_field = models.BooleanField()


class ProductQuerySet(CodedQuerySet):
    """Products."""

    def on_sale(self) -> Self:
        """The public door: listed products of active vendors."""
        return self.filter(status=ProductStatus.LISTED, vendor__business__status=BusinessStatus.ACTIVE)

    def on_sale_of_many(self) -> Self:
        """The same door for a question that looks at hundreds: who is active may be read once for all of them."""
        active = Business.objects.filter(pk=OuterRef("vendor_id"), status=BusinessStatus.ACTIVE)
        return self.filter(Apart(Exists(active)), status=ProductStatus.LISTED)

    def shown(self) -> Self:
        """With all that a card or page shows, in a constant number of queries."""
        return self.select_related("vendor", "category", "brand", "stock").prefetch_related("images")


class ProductManager(models.Manager.from_queryset(ProductQuerySet)):  # type: ignore[misc]
    """Products as they are looked at: the words they are found by stay where they are."""

    def get_queryset(self) -> ProductQuerySet:
        rows: ProductQuerySet = super().get_queryset().defer("words")
        return rows


class Product(Coded, Bilingual, Moving):
    """Something a vendor sells. Prices are per `unit`, in AED without VAT."""

    PREFIX = "P"
    LIFECYCLE = PRODUCT
    OWNERS: ClassVar = {Role.VENDOR: Owner("vendor_id")}

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="products")
    description = models.TextField(_("description"), max_length=5000)
    price = money_field(_("price per unit, without VAT"))
    vat_category = models.CharField(
        _("VAT"), max_length=1, choices=VatCategory.choices, default=VatCategory.STANDARD
    )
    unit = models.CharField(_("unit"), max_length=3, choices=Unit.choices, default=Unit.CARTON)
    units_per_carton = models.PositiveIntegerField(_("pieces in a carton"), null=True, blank=True)
    min_quantity = models.PositiveIntegerField(_("smallest order"), default=1)
    quantity_step = models.PositiveIntegerField(_("in steps of"), default=1)
    sku = models.CharField(_("SKU"), max_length=60, blank=True)
    gtin = models.CharField(_("barcode (GTIN)"), max_length=14, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=12, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="products")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    words = SearchVectorField(null=True, editable=False)  # catalog.index; none unless it is listed
    standing = models.PositiveSmallIntegerField(db_default=0, editable=False)  # catalog.standing

    objects = ProductManager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ProductStatus.values), name="product_status_known"),
            models.CheckConstraint(condition=Q(price__gt=0), name="product_price_positive"),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, quantity_step__gte=1), name="product_quantities_positive"
            ),
            models.UniqueConstraint(
                fields=["vendor", "sku"], condition=~Q(sku=""), name="product_sku_once_per_vendor"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-id"], condition=Q(status=ProductStatus.LISTED), name="product_newest"),
            models.Index(
                fields=["price", "id"], condition=Q(status=ProductStatus.LISTED), name="product_by_price"
            ),
            models.Index(
                Lower("name"), "id", condition=Q(status=ProductStatus.LISTED), name="product_by_name"
            ),
            models.Index(
                Upper(Replace("sku", Value(" "), Value(""))),
                condition=Q(status=ProductStatus.LISTED),
                name="product_by_sku",
            ),
            models.Index(fields=["gtin"], condition=Q(status=ProductStatus.LISTED), name="product_by_gtin"),
            models.Index(
                Lower(Coalesce(NullIf("name_ar", Value("")), "name")),
                "id",
                condition=Q(status=ProductStatus.LISTED),
                name="product_by_name_ar",
            ),
            models.Index(
                fields=["-standing", "-id"], condition=Q(status=ProductStatus.LISTED), name="product_standing"
            ),
            models.Index(
                fields=["category", "-id"], condition=Q(status=ProductStatus.LISTED), name="product_on_shelf"
            ),
            models.Index(
                fields=["brand", "-id"], condition=Q(status=ProductStatus.LISTED), name="product_of_brand"
            ),
            models.Index(
                fields=["vendor", "-id"], condition=Q(status=ProductStatus.LISTED), name="product_of_vendor"
            ),
            GinIndex(
                fields=["words"],
                condition=Q(status=ProductStatus.LISTED),
                name="product_by_words",
                fastupdate=False,
            ),
            models.Index(
                fields=["id"],
                condition=Q(status=ProductStatus.LISTED, words__isnull=True),
                name="product_wordless",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """The public page."""
        return reverse("catalog:product", args=[self.code, slug(self.name)])

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return reverse("catalog:edit", args=[self.code]) if role == Role.VENDOR else self.get_absolute_url()

    @property
    def currency(self) -> str:
        return CURRENCY

    @property
    def vat_rate(self) -> Decimal:
        """As a share of one: 0.05."""
        return RATES[VatCategory(self.vat_category)]

    @property
    def price_with_vat(self) -> Decimal:
        """Per unit, VAT included."""
        price: Decimal = self.price
        return price + vat_on(price, self.vat_category)

    @property
    def per_piece(self) -> Decimal | None:
        """The price of one piece of a carton, box, bag or crate, without VAT; None where there is but one."""
        return per_piece(self.price, self.unit, self.units_per_carton)

    @property
    def per_carton(self) -> Decimal | None:
        """The price of a whole carton of what is sold by the piece, without VAT."""
        return per_carton(self.price, self.unit, self.units_per_carton)

    @property
    def least(self) -> int:
        """The smallest quantity that can be ordered: the minimum in whole steps."""
        return least(self.min_quantity, self.quantity_step)

    @property
    def available(self) -> int:
        """Units that can be ordered now."""
        return self.stock.available

    @property
    def on_hand(self) -> int:
        return self.stock.on_hand

    @property
    def reserved(self) -> int:
        return self.stock.reserved

    @property
    def picture(self) -> Image | None:
        """The first picture."""
        return next(iter(self.images.all()), None)
