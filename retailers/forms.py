"""What a retailer tells about itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm, business_field
from retailers.models import Address


class AddressForm(forms.ModelForm[Address]):
    """A place to deliver to."""

    class Meta:
        model = Address
        fields = Address.COPIED


class RetailerRegistration(PersonForm):
    """Register as a retailer; the first address is a form of its own beside it."""

    trn = business_field(
        "trn", label=_("TRN"), help_text=_("Optional. 15 digits, begins with 1 and ends in 03.")
    )
