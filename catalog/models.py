"""What is sold: categories, brands, products with their pictures, and the stock behind them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now, Replace, Upper
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import BusinessStatus
from accounts.models import User
from catalog.lifecycle import IMPORT, PRODUCT, ImportStatus, ProductStatus
from core.access import Owner
from core.codes import Coded, CodedQuerySet
from core.files import private_storage
from core.lifecycle import Moving
from core.money import CURRENCY, RATES, VatCategory, money_field, to_fils, vat_on
from core.roles import Role
from vendors.models import Vendor

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


class ProductQuerySet(CodedQuerySet):
    """Products."""

    def on_sale(self) -> Self:
        """The public door: listed products of active vendors."""
        return self.filter(status=ProductStatus.LISTED, vendor__business__status=BusinessStatus.ACTIVE)

    def shown(self) -> Self:
        """With all that a card or page shows, in a constant number of queries."""
        return self.select_related("vendor", "category", "brand", "stock").prefetch_related("images")


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

    objects = ProductQuerySet.as_manager()

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
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """The public page."""
        return reverse("catalog:product", args=[self.code, slugify(self.name) or "product"])

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
        pieces = self.units_per_carton or 1
        return to_fils(self.price / pieces) if pieces > 1 and self.unit in PACKS else None

    @property
    def per_carton(self) -> Decimal | None:
        """The price of a whole carton of what is sold by the piece, without VAT."""
        pieces = self.units_per_carton or 1
        return self.price * pieces if pieces > 1 and self.unit not in PACKS else None

    @property
    def least(self) -> int:
        """The smallest quantity that can be ordered: the minimum in whole steps."""
        return -(-self.min_quantity // self.quantity_step) * self.quantity_step

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


class Image(models.Model):
    """A picture of a product, in order. `widths` are the smaller sizes it is kept in beside the large one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="products/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="image_one_per_position",
                deferrable=models.Deferrable.DEFERRED,  # so that two can change places
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.position}"

    @property
    def url(self) -> str:
        """Public address of the large one."""
        return str(self.file.url)

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """Every size it is kept in, the smallest first."""
        small = [
            {
                "url": self.file.storage.url(self.name_of(width)),
                "width": width,
                "height": max(1, round(self.height * width / self.width)),
            }
            for width in self.widths
        ]
        return [*small, {"url": self.url, "width": self.width, "height": self.height}]

    @property
    def srcset(self) -> str:
        """The sizes as a browser chooses among them."""
        return ", ".join(f"{size['url']} {size['width']}w" for size in self.sizes)

    @property
    def names(self) -> list[str]:
        """Its files in the store."""
        return [self.file.name, *map(self.name_of, self.widths)] if self.file.name else []

    def name_of(self, width: int) -> str:
        """The file of a smaller size stands beside the large one."""
        whole = PurePosixPath(self.file.name or "")
        return str(whole.with_name(f"{whole.stem}-{width}{whole.suffix}"))


class Stock(models.Model):
    """What is there and what is promised of it. The database refuses to promise more than there is."""

    product = models.OneToOneField(Product, on_delete=models.PROTECT, primary_key=True, related_name="stock")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.on_hand} − {self.reserved}"

    @property
    def available(self) -> int:
        """Units that can be ordered now."""
        return self.on_hand - self.reserved


class MovementKind(models.TextChoices):
    """Why a stock row changed: on hand / reserved."""

    RECEIVE = "receive", _("Received")
    ADJUST = "adjust", _("Corrected")
    HOLD = "hold", _("Reserved")
    RELEASE = "release", _("Released")
    CONSUME = "consume", _("Picked up")
    RETURN = "return", _("Returned")


CLOSING = [MovementKind.RELEASE, MovementKind.CONSUME]
SIGNS = (
    Q(kind=MovementKind.RECEIVE, on_hand__gt=0, reserved=0)
    | Q(kind=MovementKind.ADJUST, reserved=0) & ~Q(on_hand=0)
    | Q(kind=MovementKind.HOLD, on_hand=0, reserved__gt=0)
    | Q(kind=MovementKind.RELEASE, on_hand=0, reserved__lt=0)
    | Q(kind=MovementKind.CONSUME, on_hand__lt=0, reserved=F("on_hand"))
    | Q(kind=MovementKind.RETURN, on_hand__gt=0, reserved=0)
)


class Movement(models.Model):
    """A line of the stock ledger; its sums are the stock row (kept by one transaction). Append-only by a trigger.

    `line` is the order line a hold belongs to: a number and no foreign key, for the ledger stands below orders.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(_("kind"), max_length=8, choices=MovementKind.choices)
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    line = models.PositiveBigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.CharField(_("actor"), max_length=120)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=[MovementKind.RECEIVE, MovementKind.ADJUST]) | Q(line__isnull=False),
                name="movement_of_a_line_names_it",
            ),
            models.CheckConstraint(condition=SIGNS, name="movement_signs_of_its_kind"),
            models.UniqueConstraint(fields=["line", "kind"], name="movement_once_per_line_and_kind"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(kind__in=CLOSING), name="movement_closes_a_line_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["product", "-id"], name="movement_of_product")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind} {self.on_hand:+d}/{self.reserved:+d}"


class ImportRun(Coded, Moving):
    """A file of products on its way into the market, kept privately; row after row, each once.

    `found` says how many rows were new, changed, unchanged or wrong when it was looked through, `made` what became of
    them; `done` is how many rows were dealt with, in the order of the file. `seen` is the stock of a product when its
    row was looked through, by number of the row, where the file does not say so itself.
    """

    PREFIX = "IMP"
    LIFECYCLE = IMPORT
    OWNERS: ClassVar = {Role.VENDOR: Owner("vendor_id")}

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(storage=private_storage, upload_to="imports/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(max_length=80)
    rows = models.PositiveIntegerField(_("rows"))
    done = models.PositiveIntegerField(_("rows done"), default=0)
    found = models.JSONField(default=dict)
    made = models.JSONField(default=dict)
    sample = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    seen = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("sent"), db_default=Now(), editable=False)

    objects = CodedQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ImportStatus.values), name="import_status_known"),
            models.CheckConstraint(condition=Q(done__lte=F("rows")), name="import_done_at_most_all"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["vendor", "-id"], name="import_of_vendor"),
            models.Index(
                fields=["leased_until"], name="import_due", condition=Q(status=ImportStatus.RUNNING)
            ),
        ]

    def get_absolute_url(self) -> str:
        """Where it is looked at."""
        return reverse("catalog:import", args=[self.code])

    def page_for(self, role: str) -> str:
        """Where news about it leads."""
        return self.get_absolute_url()

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return 100 * self.done // self.rows

    @property
    def worth(self) -> int:
        """Rows that would write something."""
        return int(self.found.get("new", 0) + self.found.get("changed", 0))
