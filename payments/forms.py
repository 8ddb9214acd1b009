"""What staff tell when they give money back."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _


class RefundForm(forms.Form):
    """How much and why; `key` makes a double click one refund."""

    amount = forms.DecimalField(label=_("Amount"), min_value=0.01, max_digits=14, decimal_places=2)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
