"""Verbs about vendors."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.actions import join
from accounts.lifecycle import BUSINESS
from accounts.models import next_code
from core.files import Checked
from core.roles import Role
from vendors.models import Document, DocumentKind, Vendor


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
        Document.objects.bulk_create(papers)
        BUSINESS.begin(vendor.business, owner, name="register", company=vendor.name)
    return vendor


def _kept(vendor: Vendor, kind: str, checked: Checked, name: str) -> Document:
    """Keep the bytes of a document; its row is saved by the caller."""
    paper = Document(
        vendor=vendor,
        kind=kind,
        name=name[:200],
        media_type=checked.media_type,
        size=len(checked.body),
        sha256=checked.sha256,
    )
    checked.keep_in(paper.file)
    return paper
