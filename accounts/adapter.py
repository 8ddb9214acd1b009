"""Where allauth asks us."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import actions, entering
from accounts.models import User
from core import limits

MFA_MAIL = "mfa/email/"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up without a business: registration is ours, sign-in is allauth's. Mail leaves by the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """As allauth's, for which an address that none can be (`http://[evil`) is a mistake of ours."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_login_redirect_url(self, request: HttpRequest) -> Any:
        return "/"

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:profile")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def post_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse:
        """A browser that never chose a language speaks that of the person."""
        response: HttpResponse = super().post_login(request, user, **facts)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            speak(response, user.language)
        return response

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Pages look at a password where programs do."""
        return entering.authenticated(request, credentials["email"], credentials["password"])

    def reauthenticate(self, user: User, password: str) -> bool:
        return entering.authenticated(current.request, user.email, password) is not None

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request)

    def set_password(self, user: User, password: str) -> None:
        actions.new_password(user, password)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Nothing goes to an address that somebody else signs in with."""
        address = emailconfirmation.email_address
        if not _taken(address):
            actions.ask_confirmation(address.user, address.email)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: Any = None, email: str | None = None
    ) -> None:
        """Word of a changed address to the old one; a new password is told of by the verb that sets it."""
        if template_prefix == "account/email/email_changed":
            actions.changed_email(user, context["from_email"], context["to_email"])
        elif template_prefix.startswith(MFA_MAIL):
            actions.changed_factor(user, template_prefix.removeprefix(MFA_MAIL))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address belongs to one person, confirmed or not."""
        return not _taken(email_address) and super().confirm_email(request, email_address)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """One may give up a change of address, never the address one signs in with."""
        return bool(email_address.email != email_address.user.email)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted, and go by our name in an app."""

    def get_totp_issuer(self) -> str:
        return "AQAD"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": current.request.get_host().partition(":")[0], "name": "AQAD"}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """Keys of our secrets, the newest first."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    raw = [salted_hmac("accounts.factor", "key", secret=one, algorithm="sha256").digest() for one in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in raw])


def speak(response: HttpResponse, language: str) -> None:
    """Have this browser shown pages in that language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _taken(address: EmailAddress) -> bool:
    return User.objects.filter(email=address.email).exclude(pk=address.user_id).exists()
