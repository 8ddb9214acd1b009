"""What we write to people: one handler of the outbox for each kind of letter.

Links that open something (a new password, an address, a team) are made here, when the letter is written, so no secret
stands in the outbox or the audit log.
"""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.kinds import Mailed
from accounts.models import Invitation, User
from accounts.post import Draft, Words, send_all
from core.access import Owned
from core.models import Event
from core.words import why


def news(event: Event) -> None:
    """What the table of news says is mailed, to everybody it concerns and who wants it."""
    thing = inbox.noun(event.subject)
    send_all(
        event,
        [
            _told(event, thing, role, line, person)
            for role, line in inbox.news().get(event.name, {}).items()
            if isinstance(line, Mailed)
            for person in inbox.audience(thing, role)
            if line.wanted_by(person.muted)
        ],
    )


def _told(event: Event, thing: Owned, role: str, line: Mailed, person: User) -> Draft:
    def compose() -> Words:
        title = _(line.title)
        return Words(
            subject=f"{title} · {event.subject}",
            heading=title,
            name=person.name,
            lines=(),
            quote=why(event.note) if event.note else "",
            facts=((str(capfirst(thing._meta.verbose_name)), event.subject), (_("When"), moment(event))),
            button=_("See it on AQAD"),
            path=inbox.page_of(thing, role) or reverse("accounts:notifications"),
            chosen=not line.always,
        )

    return Draft(person.email, person.language, compose)


def confirm(event: Event) -> None:
    """Is this address yours? Nothing goes out to one that was confirmed or given up meanwhile."""
    address = EmailAddress.objects.filter(
        user_id=event.subject, email=event.data["email"], verified=False, user__is_active=True
    ).select_related("user")
    send_all(event, [_confirmation(row) for row in address])


def _confirmation(address: EmailAddress) -> Draft:
    def compose() -> Words:
        key = EmailConfirmationHMAC(address).key
        return Words(
            subject=_("Please confirm your e-mail address"),
            heading=_("Is this address yours?"),
            name=address.user.name,
            lines=(
                _("Somebody, we hope you, gave this address on AQAD. One click tells us that it is yours."),
            ),
            button=_("Yes, this is mine"),
            path=reverse("account_confirm_email", args=[key]),
            small=_("The link works for three days. If it was not you, do nothing."),
        )

    return Draft(address.email, address.user.language, compose)


def reset(event: Event) -> None:
    """A link to choose a new password, good once."""
    people = User.objects.filter(pk=event.subject, is_active=True)
    send_all(event, [_new_password(person, event.data["email"]) for person in people])


def _new_password(person: User, email: str) -> Draft:
    def compose() -> Words:
        key = default_token_generator.make_token(person)
        names = {"uidb36": user_pk_to_url_str(person), "key": key}
        return Words(
            subject=_("Choose a new password"),
            heading=_("Choose a new password"),
            name=person.name,
            lines=(_("You told us that you forgot your password. Here you choose a new one."),),
            button=_("Choose a new password"),
            path=reverse("account_reset_password_from_key", kwargs=names),
            small=_("The link works once. If it was not you, do nothing: your password stays as it is."),
        )

    return Draft(email, person.language, compose)


def password_changed(event: Event) -> None:
    """Word to the owner, in case it was somebody else."""

    def compose() -> Words:
        return Words(
            subject=_("Your password was changed"),
            heading=_("Your password was changed"),
            name=person.name,
            lines=(
                _("All other devices are signed out. If this was not you, choose a new password at once."),
            ),
            facts=((_("When"), moment(event)),),
            button=_("It was not me"),
            path=reverse("account_reset_password"),
        )

    person = User.objects.get(pk=event.subject)
    send_all(event, [Draft(person.email, person.language, compose)])


def email_changed(event: Event) -> None:
    """Word to the old address: its owner may not be the one who changed it."""

    def compose() -> Words:
        return Words(
            subject=_("Your e-mail address was changed"),
            heading=_("Your e-mail address was changed"),
            name=person.name,
            lines=(
                _("You now sign in to AQAD with the new address. If this was not you, write to us at once."),
            ),
            facts=((_("New address"), event.data["to"]), (_("When"), moment(event))),
            button=_("To your account"),
            path=reverse("accounts:profile"),
        )

    person = User.objects.get(pk=event.subject)
    send_all(event, [Draft(event.data["from"], person.language, compose)])


def invitation(event: Event) -> None:
    """Come and work with us. Nothing goes out for an invitation that was withdrawn or accepted meanwhile."""
    rows = Invitation.objects.live().filter(pk=event.data["invitation"])
    send_all(event, [_invitation(row) for row in rows.select_related("business", "invited_by")])


def _invitation(row: Invitation) -> Draft:
    def compose() -> Words:
        names = {"who": row.invited_by.name, "business": row.business.name}
        return Words(
            subject=_("%(business)s invites you to AQAD") % names,
            heading=_("Join %(business)s on AQAD") % names,
            lines=(
                _("%(who)s invites you to work for %(business)s on AQAD, the wholesale food market.") % names,
                _("Choose a password, and you can start."),
            ),
            facts=((_("Business"), row.business_id), (_("Your role"), row.get_role_display())),
            button=_("Join the team"),
            path=row.get_absolute_url(),
            small=_("The link works until %(day)s, and only for you. If you do not know them, do nothing.")
            % {"day": date_format(timezone.localtime(row.expires_at), "j F Y")},
        )

    return Draft(row.email, row.language, compose)


def moment(event: Event) -> str:
    """When it happened, in Dubai."""
    return date_format(timezone.localtime(event.at), "j F Y, H:i")
