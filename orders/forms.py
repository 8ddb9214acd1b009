"""What a retailer tells about an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from core.forms import UploadField
from orders.models import PaymentMethod, SavedList
from orders.sheets import sheet
from retailers.models import Address

LARGEST_QUANTITY = 100_000


class QuantityForm(forms.Form):
    """How many units."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=0, max_value=LARGEST_QUANTITY)


class CheckoutForm(forms.Form):
    """Where to, how paid; `key` makes a double click one order."""

    address = forms.ModelChoiceField(Address.objects.none(), label=_("Deliver to"), empty_label=None)
    payment_method = forms.ChoiceField(
        label=_("Payment"),
        choices=PaymentMethod.choices,
        widget=forms.RadioSelect,
        initial=PaymentMethod.CARD,
    )
    note = forms.CharField(label=_("Note to the vendors"), required=False, max_length=500)
    key = forms.UUIDField(widget=forms.HiddenInput)
    expected_total = forms.DecimalField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)

    def __init__(self, user: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address: Any = self.fields["address"]
        address.queryset = Address.objects.seen_by(user)


class QuickForm(forms.Form):
    """Lines to order, typed or pasted, or a sheet of them."""

    lines = forms.CharField(
        label=_("Codes and quantities"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One product a line: its number, SKU or barcode, then how many. Copied cells of a spreadsheet will do."
        ),
    )
    file = UploadField(
        sheet,
        label=_("Or a file"),
        required=False,
        help_text=_("CSV or XLSX up to 1 MB: codes in the first column, quantities in the second."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


class ListForm(forms.Form):
    """The name of a saved list."""

    name = forms.CharField(label=_("Name of the list"), max_length=80)


class NoteDownForm(forms.Form):
    """How much of a product, and onto which list: one there is, or a new one."""

    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=LARGEST_QUANTITY)
    saved = forms.ModelChoiceField(
        SavedList.objects.none(), label=_("List"), required=False, empty_label=_("A new list")
    )
    name = forms.CharField(label=_("Name of the new list"), max_length=80, required=False)

    def __init__(self, user: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved: Any = self.fields["saved"]
        saved.queryset = SavedList.objects.seen_by(user)

    def clean(self) -> dict[str, Any]:
        """A new list needs a name."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("saved") and not cleaned.get("name"):
            self.add_error("name", _("Name the new list, or choose one."))
        return cleaned
