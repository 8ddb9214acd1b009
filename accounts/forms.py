"""The person's part of every registration, and what people change about themselves and their business."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import AddEmailForm, ResetPasswordForm
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts import entering, passwords
from accounts.kinds import Kind
from accounts.models import EMAIL_TAKEN, Business, Emirate, Invitation, User
from accounts.team import INVITES
from core.roles import Role


def _filled_in(kind: str) -> forms.TextInput:
    """A field the browser may fill in by itself."""
    return forms.TextInput(attrs={"autocomplete": kind})


def _name() -> forms.Field:
    return forms.CharField(label=_("Your name"), max_length=120, widget=_filled_in("name"))


def _phone(**options: Any) -> forms.Field:
    wrong = {"invalid": _("Enter a valid phone number, such as 050 123 4567.")}
    field: forms.Field = PhoneNumberField(
        label=_("Phone number"), region="AE", error_messages=wrong, **options
    )
    return field


def _password() -> forms.Field:
    return forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not only digits."),
        strip=False,
        max_length=128,
    )


class PersonForm(forms.Form):
    """Who registers: name, e-mail, phone, password and the company they act for."""

    name = _name()
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Invalid email")},
    )
    phone = _phone()
    password = _password()
    company_name = forms.CharField(label=_("Company name"), max_length=200, widget=_filled_in("organization"))

    def clean_email(self) -> str:
        """An e-mail belongs to one person."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(EMAIL_TAKEN, code="taken")
        return email

    def clean(self) -> None:
        """A password strong enough for who this is."""
        super().clean()
        facts = self.cleaned_data
        _judge(self, facts.get("email", ""), facts.get("company_name", ""))


def _judge(form: forms.Form, email: str, company: str) -> None:
    """Validators look at a first password beside what is known of its owner; what they say goes to its field."""
    if password := form.cleaned_data.get("password"):
        owner = passwords.newcomer(form.cleaned_data.get("name", ""), email, company)
        try:
            password_validation.validate_password(password, owner)
        except ValidationError as weak:
            form.add_error("password", weak)


def business_field(name: str, **options: Any) -> forms.Field:
    """The form field of a column of `Business` with its rules, optional unless said otherwise."""
    column: models.Field[Any, Any] = Business._meta.get_field(name)  # type: ignore[assignment]
    return cast(
        forms.Field, column.formfield(**{"required": False, "validators": column.validators, **options})
    )


class JoinForm(forms.Form):
    """What the invited add to what the invitation knows."""

    name = _name()
    phone = _phone()
    password = _password()

    def __init__(self, invitation: Invitation, data: Any = None) -> None:
        super().__init__(data)
        self.invitation = invitation

    def clean(self) -> None:
        """A password strong enough for who this is."""
        super().clean()
        _judge(self, self.invitation.email, self.invitation.business.name)


class ProfileForm(forms.Form):
    """What a person changes about themselves; drivers and staff may do without a phone number."""

    name = _name()
    phone = _phone(required=False)
    language = forms.ChoiceField(label=_("Language of pages and mails"), choices=settings.LANGUAGES)


class BusinessForm(forms.Form):
    """What people change about their business; its licence concerns only those who sell."""

    name = business_field("name", required=True)
    trn = business_field("trn", label=_("TRN"), help_text=_("15 digits, begins with 1 and ends in 03."))
    emirate = forms.ChoiceField(label=_("Emirate"), choices=[("", "—"), *Emirate.choices], required=False)
    licence_number = business_field("licence_number", label=_("Trade licence number"))
    licence_authority = business_field("licence_authority", label=_("Licensing authority"))
    licence_expiry = business_field(
        "licence_expiry",
        label=_("Licence valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, business: Business, role: str, data: Any = None) -> None:
        super().__init__(data, initial={name: getattr(business, name) for name in self.base_fields})
        if role != Role.VENDOR:
            for name in ("licence_number", "licence_authority", "licence_expiry"):
                del self.fields[name]


class MailForm(forms.Form):
    """About what a person wants mail; what the account hangs on comes always."""

    kinds = forms.MultipleChoiceField(
        label=_("Send me mail about"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def muted(self) -> list[str]:
        """The kinds left out."""
        return [kind for kind in Kind.values if kind not in self.cleaned_data["kinds"]]


class InviteForm(forms.Form):
    """Whom to ask, and as what; the role is asked for only where there is a choice."""

    email = forms.EmailField(
        label=_("E-mail of your colleague"), max_length=254, error_messages={"invalid": _("Invalid email")}
    )
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, inviter: str = "", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = INVITES.get(inviter, ())
        self.fields["role"].choices = [(role, Role(role).label) for role in self.roles]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """An e-mail belongs to one person."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(EMAIL_TAKEN, code="taken")
        return email

    def clean_role(self) -> str:
        """The only one there is, unless chosen."""
        return self.cleaned_data["role"] or self.roles[0]


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """allauth's form; who is behind an address is looked up when it was sent, as the API does it."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Invalid email")},
    )

    def clean_email(self) -> str:
        """As it was typed."""
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Known or not, it is asked for."""
        entering.forgot(self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class ChangeEmailForm(AddEmailForm):  # type: ignore[misc]
    """allauth's form, for people who may work before their address is confirmed: the old one stays until then."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Invalid email")},
    )

    def save(self, request: HttpRequest) -> EmailAddress:
        """One change at a time: a later one replaces it. allauth's own way would drop an unconfirmed address in use."""
        waiting = EmailAddress.objects.filter(user=self.user, verified=False)
        waiting.exclude(email=self.user.email).delete()
        address = EmailAddress.objects.create(user=self.user, email=self.cleaned_data["email"])
        send_verification_email_to_address(request, address)
        return address
