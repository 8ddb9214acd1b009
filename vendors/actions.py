"""Verbs about vendors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.actions import join
from accounts.lifecycle import BUSINESS, BusinessStatus
from accounts.models import Business, next_code
from core import events
from core.access import Actor
from core.errors import Invalid, WrongMoment
from core.files import Checked
from core.lifecycle import move
from core.roles import Role
from vendors.lifecycle import CURRENT, DOCUMENT, DocumentStatus
from vendors.models import Document, DocumentKind, Vendor

MOST_PAPERS = 20
LARGEST_PAPERS = 100 * 1024 * 1024


def register(facts: dict[str, Any], names: dict[str, str]) -> Vendor:
    """A new vendor, pending approval, with its first person and its documents.

    `facts` is the cleaned data of `VendorRegistration`, `names` what the sender called the files. Files are kept
    first, rows second: a crash between leaves an unread file, never a row without its file.
    """
    vendor = Vendor(
        id=next_code("V"),
        name=facts["company_name"],
        status=BUSINESS.start,
        trn=facts["trn"],
        emirate=facts["emirate"],
        licence_number=facts["trade_license_number"],
        licence_authority=facts["trade_license_authority"],
        licence_expiry=facts["trade_license_expiry"],
    )
    papers = [_kept(vendor, kind, facts[kind], names.get(kind, "")) for kind in DocumentKind.values]
    if logo := facts["company_logo"]:
        logo.keep_in(vendor.logo)
    with transaction.atomic():
        vendor.save(force_insert=True)
        owner = join(
            vendor.business,
            Role.VENDOR,
            **{name: facts[name] for name in ("name", "email", "phone", "password")},
        )
        for paper in papers:
            paper.save(force_insert=True)
            DOCUMENT.begin(paper, owner, name="upload", kind=paper.kind)
        BUSINESS.begin(vendor.business, owner, name="register", company=vendor.name)
    return vendor


def upload(vendor: Vendor, kind: str, checked: Checked, name: str, by: Actor) -> Document:
    """A newer paper takes the place of the one before; a rejected vendor applies anew with it."""
    paper = _kept(vendor, kind, checked, name)
    try:
        return _uploaded(vendor, paper, by)
    except BaseException:
        paper.file.delete(save=False)
        raise


def _uploaded(vendor: Vendor, paper: Document, by: Actor) -> Document:
    kind = paper.kind
    with transaction.atomic():
        business = vendor.business.locked()
        _refuse_hoard(vendor, paper)
        for older in vendor.papers().filter(kind=kind).select_for_update(no_key=True):
            DOCUMENT.step(older, "replace", by)
        paper.save(force_insert=True)
        DOCUMENT.begin(paper, by, name="upload", kind=kind)
        if business.status == BusinessStatus.REJECTED:
            BUSINESS.step(business, "apply", by)
        else:
            events.record(business, "business.upload", by, data={"kind": kind})
    return paper


def _refuse_hoard(vendor: Vendor, paper: Document) -> None:
    """A year's papers of one vendor are at most 20 files and 100 MiB; the caller holds its lock."""
    year = vendor.documents.filter(uploaded_at__gt=Now() - timedelta(days=365))
    there = year.aggregate(count=Count("pk"), size=Coalesce(Sum("size"), 0))
    if there["count"] >= MOST_PAPERS or there["size"] + paper.size > LARGEST_PAPERS:
        raise WrongMoment(_("You have sent many files already. Please write to us."), code="too_many_files")


def show(vendor: Vendor, about: str, logo: Checked | None, by: Actor) -> Vendor:
    """Change the storefront; the event keeps what it was and became."""
    kept = Vendor(pk=vendor.pk)
    if logo:
        logo.keep_in(kept.logo)
    with transaction.atomic():
        business = vendor.business.locked()
        row = Vendor.objects.get(pk=business.pk)
        before = {"about": row.about, "logo": row.logo.name}
        row.about, row.logo = about, kept.logo if logo else row.logo
        row.save(update_fields=["about", "logo"])
        after = {"about": row.about, "logo": row.logo.name}
        if after != before:
            events.record(business, "business.edit", by, data={"before": before, "after": after})
    return row


@move("accept")
def accept(document: Document, by: Actor, *, note: str = "") -> None:
    """Staff find the paper in order."""
    Document.objects.filter(pk=document.pk).update(note="")


@move("reject")
def reject(document: Document, by: Actor, *, note: str = "") -> None:
    """Staff ask for this paper again and say why; the vendor is told."""
    if not note:
        raise Invalid.field("reason", _("Please tell the vendor what is wrong with this document."))
    Document.objects.filter(pk=document.pk).update(note=note)
    facts = {"kind": document.kind}
    events.record(document.vendor.business, "business.ask", by, note=note, data=facts)


def approve(vendor: Business, by: Actor, *, note: str = "") -> Business:
    """Staff let a vendor into the market; its papers are accepted with it, unless one was asked for again."""
    with transaction.atomic():
        papers = Document.objects.filter(vendor=vendor.pk, status__in=CURRENT)
        if papers.filter(status=DocumentStatus.REJECTED).exists():
            raise WrongMoment(_("A document was asked for again and has not come yet."))
        row: Business = accounts.approve(vendor, by, note=note)
        for paper in papers.filter(status=DocumentStatus.PENDING):
            accept(paper, by)
    return row


def _kept(vendor: Vendor, kind: str, checked: Checked, name: str) -> Document:
    """Keep the bytes of a document; its row is saved by the caller."""
    paper = Document(
        vendor=vendor,
        kind=kind,
        status=DOCUMENT.start,
        name=name[:200],
        media_type=checked.media_type,
        size=len(checked.body),
        sha256=checked.sha256,
    )
    checked.keep_in(paper.file)
    return paper


VERBS = {**accounts.VERBS, "approve": approve}
PAPER_VERBS = {"accept": accept, "reject": reject}
