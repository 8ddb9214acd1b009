"""What a vendor tells about a product. Pages and API use the same form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum.exceptions import ValidationError as WrongNumber

from catalog.models import Brand, Category, Product
from core import files
from core.forms import UploadField

LARGEST_QUANTITY = 1_000_000


class BySlug(forms.ModelChoiceField[Any]):
    """A row named by its slug; what can't be a slug is no choice."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ProductForm(forms.ModelForm[Product]):
    """The facts of a product."""

    price = forms.DecimalField(
        label=_("Price per unit, AED without VAT"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    category = BySlug(
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
        return cleaned

    def clean_sku(self) -> str:
        """A vendor's SKU names one product."""
        sku: str = self.cleaned_data["sku"]
        others = Product.objects.filter(vendor_id=self.instance.vendor_id, sku=sku).exclude(
            pk=self.instance.pk
        )
        if sku and others.exists():
            raise ValidationError(_("Another of your products has this SKU."))
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
    """A product as it is first listed: with its stock and, if at hand, a picture."""

    quantity = forms.IntegerField(label=_("Quantity in stock"), min_value=0, max_value=LARGEST_QUANTITY)
    image = UploadField(files.picture, label=_("Picture"), required=False)


class KeptProductForm(ProductForm):
    """A product that is there already; one more picture may come with its facts."""

    image = UploadField(files.picture, label=_("One more picture"), required=False)


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
