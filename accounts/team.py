"""Teams: people of a business invite colleagues by mail, and take them out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import EMAIL_TAKEN, Business, Invitation, User
from core import events
from core.access import Actor
from core.errors import Forbidden, Invalid, NotThere, WrongMoment
from core.roles import Role

GOOD_FOR = timedelta(days=7)
INVITES: dict[str, tuple[str, ...]] = {
    Role.VENDOR: (Role.VENDOR,),
    Role.RETAILER: (Role.RETAILER,),
    Role.DISPATCHER: (Role.DISPATCHER, Role.DRIVER),
    Role.STAFF: (Role.DISPATCHER,),
}


def members(user: User) -> QuerySet[User]:
    """The people of this person's business, those who left it last."""
    rows = User.objects.filter(membership__business_id=user.business_id).select_related(
        "membership__business"
    )
    return rows.order_by("-is_active", "name")


def invite(business: Business, by: User, *, email: str, role: str, language: str = "") -> Invitation:
    """Ask somebody to join.

    Raises `Forbidden` for a role that is not theirs to give, `Invalid` for an e-mail in use or invited already.
    """
    if role not in INVITES.get(by.role, ()):
        raise Forbidden
    if User.objects.filter(email=email).exists():
        raise Invalid.field("email", EMAIL_TAKEN)
    try:
        with transaction.atomic():
            return _invite(business, by, email=email, role=role, language=language or by.language)
    except IntegrityError as twice:
        raise Invalid.field("email", _("This person is invited already.")) from twice


def _invite(business: Business, by: User, **facts: Any) -> Invitation:
    """An outlived invitation of the same address makes room for the new one."""
    outlived = business.invitations.open().filter(email=facts["email"], expires_at__lte=Now())
    outlived.update(withdrawn_at=Now())
    row: Invitation = business.invitations.create(
        invited_by=by, expires_at=timezone.now() + GOOD_FOR, **facts
    )
    data = {"invitation": str(row.pk), "email": row.email, "role": row.role}
    events.record(business, "business.invite", by, data=data)
    return row


def withdraw(invitation: Invitation, by: Actor) -> None:
    """Call an invitation back; the mailed link opens nothing any more."""
    with transaction.atomic():
        if not Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=Now()):
            raise WrongMoment
        events.record(invitation.business, "business.uninvite", by, data={"email": invitation.email})


def accept(invitation: Invitation, *, name: str, phone: Any, password: str, language: str) -> User:
    """The invited joins, once. The address is theirs: the link came by mail to it."""
    with transaction.atomic():
        row = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("business")
            .get(pk=invitation.pk)
        )
        if not (row.is_live and row.business.is_open):
            raise WrongMoment(_("This invitation is no longer valid."))
        user = actions.join(
            row.business, row.role, name=name, email=row.email, password=password,
            verified=True, phone=phone, language=language,
        )  # fmt: skip
        Invitation.objects.filter(pk=row.pk).update(accepted_at=Now())
        data = {"user": user.code, "email": user.email, "role": user.role}
        events.record(row.business, "business.join", user, data=data)
    return user


def dismiss(member: User, by: User) -> None:
    """Shut a colleague out: sessions and tokens end at once. Never oneself, and never the last who may invite.

    The business is locked, so that two who dismiss each other at the same moment don't both succeed.
    """
    if member.business_id is None or member.business_id != by.business_id:
        raise NotThere
    if member.pk == by.pk:
        raise WrongMoment(_("You cannot deactivate yourself."))
    with transaction.atomic():
        business = member.business.locked()  # type: ignore[union-attr]
        if not _others(business, member).exists():
            raise WrongMoment(_("The last active person of a business has to stay."))
        gone = User.objects.filter(pk=member.pk, is_active=True)
        if not gone.update(is_active=False, sign_outs=F("sign_outs") + 1):
            raise WrongMoment(_("This person is deactivated already."))
        data = {"user": member.code, "email": member.email, "role": member.role}
        events.record(business, "business.leave", by, data=data)


def _others(business: Business, member: User) -> QuerySet[User]:
    """Who would be left to look after the business."""
    people = User.objects.filter(membership__business=business, is_active=True, role__in=_managers())
    return people.exclude(pk=member.pk)


def _managers() -> Iterable[str]:
    return INVITES.keys()
