"""What a retailer tells about an order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.access import Actor
from orders.models import PaymentMethod
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
