"""Letters about coming in: a link when too many guessed, and word of every change of the second factor."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.entering import link_token
from accounts.letters import moment
from accounts.models import User
from accounts.post import Draft, Words, send_all
from core.models import Event

CHANGES = {
    "totp_activated": gettext_noop("An authenticator app was set up"),
    "totp_deactivated": gettext_noop("The authenticator app was removed"),
    "webauthn_added": gettext_noop("A passkey was added"),
    "webauthn_removed": gettext_noop("A passkey was removed"),
    "recovery_codes_generated": gettext_noop("New recovery codes were made"),
}


def link(event: Event) -> None:
    """A way in past those who guess, good for an hour and once."""
    people = User.objects.filter(pk=event.subject, is_active=True)
    send_all(event, [_link(person) for person in people])


def _link(person: User) -> Draft:
    def compose() -> Words:
        return Words(
            subject=_("Somebody is guessing your password"),
            heading=_("Somebody is guessing your password"),
            name=person.name,
            lines=(
                _("Many wrong passwords were tried for your account within an hour. Nobody came in."),
                _("Until this is over, new devices come in by this link alone."),
            ),
            button=_("Sign in"),
            path=reverse("accounts:come_in", args=[link_token(person)]),
            small=_("The link works once, for an hour. If you do not want to sign in now, do nothing."),
        )

    return Draft(person.email, person.language, compose)


def factor_changed(event: Event) -> None:
    """Word to the owner, in case it was somebody else."""
    _tell(event, CHANGES.get(event.data["change"], "The second factor was changed"))


def factor_reset(event: Event) -> None:
    """Staff took it away, because its owner had lost it."""
    _tell(event, gettext_noop("Our staff have reset your second factor"))


def _tell(event: Event, what: str) -> None:
    person = User.objects.get(pk=event.subject)

    def compose() -> Words:
        return Words(
            subject=_(what),
            heading=_(what),
            name=person.name,
            lines=(_("If this was not you, choose a new password at once and write to us."),),
            facts=((_("When"), moment(event)),),
            button=_("To your account"),
            path=reverse("accounts:profile"),
        )

    send_all(event, [Draft(person.email, person.language, compose)])
