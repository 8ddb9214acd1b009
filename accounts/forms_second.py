"""Forms of the second factor: the library's, with our words and our way of looking at a code."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import second


def _code(label: Any, help_text: Any = "") -> forms.CharField:
    look = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "dir": "ltr"}
    return forms.CharField(
        label=label, help_text=help_text, max_length=32, widget=forms.TextInput(attrs=look)
    )


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code at sign-in, from the app or from the list."""

    code = _code(_("Code"), _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        """Used up by being right."""
        return _used(self)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """A code before something delicate."""

    code = _code(_("Code"), _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        """Used up by being right."""
        return _used(self)


def _used(form: Any) -> str:
    code: str = form.cleaned_data["code"]
    form.authenticator = second.accept(context.request, form.user, code)
    if form.authenticator is None:
        raise get_adapter().validation_error("incorrect_code")
    return code


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code shows that the app has understood."""

    code = _code(_("Code from the app"))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A key of this device or of one's pocket; what it is called, so that its owner knows it again."""

    name = forms.CharField(
        label=_("Name of this key"), required=False, max_length=60,
        help_text=_("Such as “Sara's phone”."),
    )  # fmt: skip
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone, without a password"), required=False, initial=True
    )
