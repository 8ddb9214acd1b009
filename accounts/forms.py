"""The person's part of every registration."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import EMAIL_TAKEN, Business, User


def _filled_in(kind: str) -> forms.TextInput:
    """A field the browser may fill in by itself."""
    return forms.TextInput(attrs={"autocomplete": kind})


class PersonForm(forms.Form):
    """Who registers: name, e-mail, phone, password and the company they act for."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=_filled_in("name"))
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Invalid email")},
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        region="AE",
        error_messages={"invalid": _("Enter a valid phone number, such as 050 123 4567.")},
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not only digits."),
        strip=False,
        max_length=128,
    )
    company_name = forms.CharField(label=_("Company name"), max_length=200, widget=_filled_in("organization"))

    def clean_email(self) -> str:
        """An e-mail belongs to one person."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(EMAIL_TAKEN, code="taken")
        return email

    def clean_password(self) -> str:
        """Strong enough by Django's validators."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


def business_field(name: str, **options: Any) -> forms.Field:
    """The form field of a column of `Business` with its rules, optional unless said otherwise."""
    column: models.Field[Any, Any] = Business._meta.get_field(name)  # type: ignore[assignment]
    return cast(
        forms.Field, column.formfield(**{"required": False, "validators": column.validators, **options})
    )
