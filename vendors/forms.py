"""What a vendor tells about itself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm, business_field
from accounts.models import Emirate
from core import files
from core.forms import UploadField
from vendors.models import DocumentKind


class StorefrontForm(forms.Form):
    """What buyers see of a vendor beside its goods."""

    about = forms.CharField(
        label=_("About your company"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    logo = UploadField(
        files.picture, label=_("Company logo"), required=False, help_text=_("JPEG, PNG or WebP, up to 10 MB.")
    )


class DocumentForm(forms.Form):
    """A newer paper of one kind."""

    kind = forms.ChoiceField(label=_("Which document"), choices=DocumentKind.choices)
    file = UploadField(files.document, label=_("File"), help_text=_("PDF, JPEG or PNG, up to 10 MB."))


class VendorRegistration(PersonForm):
    """Register as a vendor: the person, the company, and its two documents."""

    trade_license = UploadField(
        files.document, label=_("Trade licence"), help_text=_("PDF, JPEG or PNG, up to 10 MB.")
    )
    vat_certificate = UploadField(
        files.document, label=_("VAT certificate"), help_text=_("PDF, JPEG or PNG, up to 10 MB.")
    )
    company_logo = UploadField(files.picture, label=_("Company logo"), required=False)
    trade_license_number = business_field("licence_number", label=_("Trade licence number"))
    trade_license_authority = business_field("licence_authority", label=_("Licensing authority"))
    trade_license_expiry = business_field(
        "licence_expiry", label=_("Licence valid until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    trn = business_field("trn", label=_("TRN"), help_text=_("15 digits, begins with 1 and ends in 03."))
    emirate = forms.ChoiceField(label=_("Emirate"), choices=[("", "—"), *Emirate.choices], required=False)
