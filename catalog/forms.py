"""What a vendor tells about a product. Pages and API use the same form."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.exceptions import ValidationError as WrongNumber

from catalog import sheets, shelves
from catalog.lifecycle import ProductStatus
from catalog.models import SKU_TAKEN, Brand, Category, Product
from core import files
from core.bodies import NOT_TEXT
from core.forms import UploadField

LARGEST_QUANTITY = 1_000_000
SORTS = {
    "relevance": _("Best match"),
    "newest": _("Newest first"),
    "price": _("Lowest price first"),
    "-price": _("Highest price first"),
    "name": _("By name"),
}
NO_TEXT = "no_text"
YES = ("1", "true", "on")


class Plain(forms.CharField):
    """Text to look something up by: what no text can hold is refused before PostgreSQL is asked."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if NOT_TEXT.search(text) or "\ufffd" in text:  # how bytes that are no UTF-8 arrive
            raise ValidationError(_("Null characters are not allowed."), code=NO_TEXT)
        return text


class BySlug(forms.ModelChoiceField[Any]):
    """A row named by its slug; what can't be a slug is no choice."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ByTree(ModelChoiceIterator[Category]):
    """Categories in the order of the tree, each with the way to it: Drinks › Soft drinks."""

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for root in shelves.tree():
            yield from self._way(root, "")

    def _way(self, shelf: shelves.Shelf, before: str) -> Iterator[tuple[str, Any]]:
        title = f"{before} › {shelf.title}" if before else shelf.title
        yield shelf.slug, title
        for child in shelf.children:
            yield from self._way(child, title)


class CategoryField(BySlug):
    """A shelf of the tree."""

    iterator = ByTree


class ManyFiles(forms.FileInput):
    """Several files of one name."""

    allow_multiple_selected = True


class PicturesField(UploadField):
    """Several pictures, each checked by content; cleans to a list of `core.files.Checked`."""

    def __init__(self, **options: Any) -> None:
        kinds = ",".join(sorted(files.PICTURE_TYPES))
        super().__init__(files.picture, widget=ManyFiles(attrs={"accept": kinds}), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """One after the other; the first that fails speaks."""
        uploads = data if isinstance(data, list | tuple) and data else [data or None]
        return [
            checked for upload in uploads if (checked := super(PicturesField, self).clean(upload, initial))
        ]


class ProductForm(forms.ModelForm[Product]):
    """The facts of a product."""

    price = forms.DecimalField(
        label=_("Price per unit, AED without VAT"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    category = CategoryField(
        Category.objects.all(),
        label=_("Category"),
        to_field_name="slug",
        error_messages={"invalid_choice": _("Unknown category.")},
    )
    brand = BySlug(
        Brand.objects.all(),
        label=_("Brand"),
        to_field_name="slug",
        error_messages={"invalid_choice": _("Unknown brand.")},
    )
    min_quantity = forms.IntegerField(label=_("Smallest order"), min_value=1, required=False)
    quantity_step = forms.IntegerField(label=_("In steps of"), min_value=1, required=False)
    hs_code = forms.CharField(
        label=_("HS code"),
        required=False,
        validators=[RegexValidator(r"^\d{6,12}$", _("An HS code has 6 to 12 digits."))],
    )

    class Meta:
        model = Product
        fields = (
            "name", "name_ar", "description", "category", "brand", "price", "vat_category", "unit",
            "units_per_carton", "min_quantity", "quantity_step", "sku", "gtin", "hs_code",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("vat_category", "unit"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """What is left out keeps the model's default; a barcode has its check digit."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("vat_category", "unit", "min_quantity", "quantity_step"):
            if not cleaned.get(name) and name not in self.errors:
                cleaned[name] = getattr(self.instance, name)
        self._refuse_a_broken_step(cleaned.get("min_quantity"), cleaned.get("quantity_step"))
        return cleaned

    def _refuse_a_broken_step(self, least: int | None, step: int | None) -> None:
        """Who can't order the smallest order exactly, can't order it at all."""
        if least and step and least % step:
            told = _(
                "The smallest order must be a multiple of the steps: %(least)d is not in steps of %(step)d."
            )
            self.add_error("min_quantity", ValidationError(told % {"least": least, "step": step}))

    def clean_sku(self) -> str:
        """A vendor's SKU names one product."""
        sku: str = self.cleaned_data["sku"]
        others = Product.objects.filter(vendor_id=self.instance.vendor_id, sku=sku).exclude(
            pk=self.instance.pk
        )
        if sku and others.exists():
            raise ValidationError(SKU_TAKEN)
        return sku

    @classmethod
    def of(cls, product: Product) -> dict[str, Any]:
        """What the form would hold for a product as it is."""
        facts = {name: getattr(product, name) for name in cls.Meta.fields}
        return facts | {"category": product.category.slug, "brand": product.brand.slug}

    def clean_gtin(self) -> str:
        """GTIN-8, -12, -13 or -14 with the right check digit."""
        gtin: str = self.cleaned_data["gtin"]
        try:
            return str(ean.validate(gtin)) if gtin else ""
        except WrongNumber as wrong:
            raise ValidationError(_("This barcode is not valid.")) from wrong


class NewProductForm(ProductForm):
    """A product as it is first told of: with its stock, its pictures, and whether it goes on sale at once."""

    quantity = forms.IntegerField(label=_("Quantity in stock"), min_value=0, max_value=LARGEST_QUANTITY)
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            (ProductStatus.LISTED, ProductStatus.LISTED.label),
            (ProductStatus.DRAFT, ProductStatus.DRAFT.label),
        ],
        required=False,
    )
    images = PicturesField(label=_("Pictures"), required=False)


class PicturesForm(forms.Form):
    """More pictures of a product."""

    images = PicturesField(label=_("More pictures"))


class PriceForm(forms.Form):
    """Another price, by the rules of a product's."""

    price = ProductForm.base_fields["price"]


class StockForm(forms.Form):
    """Goods received (+) or a correction (−)."""

    change = forms.IntegerField(
        label=_("Change in units"), min_value=-LARGEST_QUANTITY, max_value=LARGEST_QUANTITY
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_change(self) -> int:
        """A change changes something."""
        change: int = self.cleaned_data["change"]
        if not change:
            raise ValidationError(_("Zero changes nothing."))
        return change


class ImportForm(forms.Form):
    """A file of products; cleans to the file as it may be kept and, as `sheet`, what it holds."""

    file = UploadField(
        sheets.checked, label=_("File"), help_text=_("CSV or XLSX, up to 2 MB and 5,000 rows.")
    )

    def clean(self) -> dict[str, Any]:
        """What can't be read is refused whole."""
        cleaned = super().clean() or self.cleaned_data
        if checked := cleaned.get("file"):
            try:
                cleaned["sheet"] = sheets.read(checked.body, checked.media_type)
            except ValidationError as wrong:
                self.add_error("file", wrong)
        return cleaned


class Fixed(dict[str, forms.Field]):
    """Fields that all forms of a class share: none is changed for one of them, so none is copied."""

    def __deepcopy__(self, _: object) -> Fixed:
        return self


class FilterForm(forms.Form):
    """What a list of products is narrowed and sorted by."""

    search = Plain(max_length=200, required=False)
    category = Plain(max_length=50, required=False)
    brand = Plain(max_length=50, required=False)
    vendor = Plain(max_length=20, required=False)
    min_price = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False)
    max_price = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False)
    in_stock = forms.ChoiceField(choices=[(word, word) for word in (*YES, "0", "false")], required=False)
    sort = forms.ChoiceField(choices=[("", ""), *SORTS.items()], required=False)
    literal = forms.ChoiceField(choices=[(word, word) for word in (*YES, "0", "false")], required=False)

    def clean_literal(self) -> bool:
        """A choice of words for yes and no."""
        return self.cleaned_data["literal"] in YES

    def clean_in_stock(self) -> bool:
        """A choice of words for yes and no."""
        return self.cleaned_data["in_stock"] in YES

    def clean(self) -> dict[str, Any]:
        """The largest price is not below the smallest."""
        cleaned = super().clean() or self.cleaned_data
        least, most = cleaned.get("min_price"), cleaned.get("max_price")
        if least is not None and most is not None and most < least:
            self.add_error("max_price", ValidationError(_("The highest price is below the lowest.")))
        return cleaned


FilterForm.base_fields = Fixed(FilterForm.base_fields)
