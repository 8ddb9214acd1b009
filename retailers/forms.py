"""What a retailer tells about itself."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm, business_field
from core import files
from core.forms import UploadField
from retailers.models import Address


class AddressForm(forms.ModelForm[Address]):
    """A place to deliver to."""

    class Meta:
        model = Address
        fields = Address.COPIED
        labels: ClassVar = {
            "line2": _("Unit, floor or landmark"),
            "contact": _("Who receives the goods"),
            "phone": _("Phone number there"),
        }


class RetailerRegistration(PersonForm):
    """Register as a retailer; the first address is a form of its own beside it."""

    trade_license = UploadField(
        files.document,
        label=_("Trade licence"),
        required=False,
        help_text=_("PDF, JPEG or PNG, up to 10 MB."),
    )

    trn = business_field("trn", label=_("TRN"), help_text=_("15 digits, begins with 1 and ends in 03."))


class CodeForm(forms.Form):
    """Whether drivers are asked for a hand-over code."""

    asks_code = forms.BooleanField(label=_("Ask drivers for a hand-over code"), required=False)
