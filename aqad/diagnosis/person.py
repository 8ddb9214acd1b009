"""One person who can't sign in: every door on the way, and which of them is shut. No secret is shown."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import identify_hasher
from django.utils import timezone

from accounts import attempts, second
from accounts.lifecycle import BusinessStatus
from accounts.models import Letter, User
from aqad.diagnosis.grammar import Finding, Seen, ago


def case(email: str) -> Iterator[Seen]:
    """Found, active, working for an open business, with a readable password, in no pause."""
    user = User.objects.select_related("membership__business").filter(email=email.strip().lower()).first()
    if user is None:
        yield Finding(
            100, "Nobody signs in with this e-mail", (email,),
            "Ask how they spell it; look for their business in the Admin.",
        )  # fmt: skip
        return
    last = ago((timezone.now() - user.last_login).total_seconds()) + " ago" if user.last_login else "never"
    yield f"{user.label}, joined {user.joined_at:%Y-%m-%d}, last signed in {last}"
    yield from _account(user)
    yield from _password(user)
    yield from _pauses(user)
    yield from _letters(user)


def _account(user: User) -> Iterator[Seen]:
    business = user.business
    confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    yield f"e-mail {'confirmed' if confirmed else 'not confirmed'}; business {business.status if business else 'none'}"
    if not user.is_active:
        yield Finding(99, "This account is switched off", (user.label,), "Admin, Users: `active`.")
    if business is None and not user.is_staff:
        yield Finding(
            98, "This person works for no business", (user.label,), "Let a colleague invite them again."
        )
    if business is not None and not business.is_open:
        yield Finding(
            98, f"The business is {BusinessStatus(business.status).label.lower()}", (f"{business.pk} {business.name}",),
            "Programs answer account_not_active; on pages they reach documents and account. Approve or reinstate it.",
        )  # fmt: skip


def _password(user: User) -> Iterator[Seen]:
    if not user.has_usable_password():
        yield Finding(97, "This account has no password", (user.label,), "Let them ask for a new one.")
        return
    try:
        hasher = identify_hasher(user.password).algorithm
    except ValueError:
        yield Finding(
            97, "The kept password can't be read", (user.password.split("$", 1)[0][:20],),
            "Put its hasher back into PASSWORD_HASHERS, or let them ask for a new password.",
        )  # fmt: skip
        return
    yield f"second factor: {'yes' if second.has(user) else 'none'}"
    if second.lacks(user):
        yield Finding(
            90, "This person must set up a second factor first", (user.label,),
            "They sign in on the website, which leads them there; programs answer mfa_required until then.",
        )  # fmt: skip
    yield f"password kept with {hasher}; signed out everywhere {user.sign_outs} times"


def _pauses(user: User) -> Iterator[Seen]:
    lasting = list(attempts.pauses(user.email))
    yield f"{len(lasting)} pauses after failed tries"
    if lasting:
        now = timezone.now()
        yield Finding(
            95, "They stand in a pause after failed tries",
            tuple(f"{each.network or 'all networks'}: {each.failures} failed, "
                  f"{ago((each.until - now).total_seconds())} left" for each in lasting),
            "It passes by itself; who owns the mailbox begins anew with a new password.",
        )  # fmt: skip


def _letters(user: User) -> Iterator[Seen]:
    unsent = Letter.objects.filter(email=user.email, sent_at=None, tried_at__isnull=False)
    last = Letter.objects.filter(email=user.email, sent_at__isnull=False).order_by("-sent_at").first()
    yield f"last letter: {f'{last.sent_at:%Y-%m-%d %H:%M}' if last and last.sent_at else 'none'}"
    if unsent.exists():
        yield Finding(
            75, "A letter to this person was begun and has not left", (f"{unsent.count()} letters",),
            "Check EMAIL_URL and the mail server, then: manage.py relay.",
        )  # fmt: skip
