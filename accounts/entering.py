"""Coming in: the one place that looks at a password, and the mailed link that opens when too many were wrong."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import actions, attempts
from accounts.models import User

LINK_FOR = timedelta(hours=1)
SALT = "accounts.entering.link"


def authenticated(request: HttpRequest, email: str, password: str) -> User | None:
    """Whose e-mail and password these are; None for a wrong pair. Raises `TooMany` where too many were wrong.

    Somebody unknown costs the same hashing, counting and words as somebody known.
    """
    if not settings.RATELIMIT_ENABLE:
        return _user(request, email, password)
    tries = attempts.of_password(request, email)
    tries.begin()
    user = _user(request, email, password)
    if user:
        tries.succeeded()
    elif tries.failed():
        for owner in User.objects.filter(email=email.strip().lower(), is_active=True):
            actions.ask_link(owner)
    return user


def _user(request: HttpRequest, email: str, password: str) -> User | None:
    user: User | None = authenticate(request, email=email, password=password)
    return user


def forgot(email: str) -> None:
    """Have a link mailed to choose a new password, where the address is known.

    Of an unknown address the same is written down, about a person who does not exist and without the address: the
    answer takes as long, and a worker finds nobody to write to.
    """
    email = email.strip().lower()
    user = User.objects.filter(email=email, is_active=True).first()
    actions.ask_reset(user or User(), email if user else "")


def link_token(user: User) -> str:
    """What the mailed link carries: good for an hour, and for one sign-in."""
    return signing.dumps([str(user.pk), _mark(user)], salt=SALT)


def come_in(request: HttpRequest, token: str) -> HttpResponse | None:
    """Sign in whom a mailed link lets in, once however often it is sent; None for one that opens nothing."""
    with transaction.atomic():
        user = of_link(token, User.objects.select_for_update(no_key=True))
        if user is None:
            return None
        attempts.of_password(request, user.email).welcomed()
        answer: HttpResponse = perform_login(request, Login(user=user, email=user.email))
        return answer


def of_link(token: str, people: QuerySet[User] | None = None) -> User | None:
    """Whom a mailed link lets in; None for one that is made up, outlived or used."""
    try:
        pk, mark = signing.loads(token, salt=SALT, max_age=LINK_FOR)
    except signing.BadSignature:
        return None
    user = (User.objects.all() if people is None else people).filter(pk=pk, is_active=True).first()
    return user if user and constant_time_compare(mark, _mark(user)) else None


def _mark(user: User) -> str:
    """Another after the next sign-in and after a new password."""
    return salted_hmac(SALT, f"{user.last_login}:{user.get_session_auth_hash()}").hexdigest()
