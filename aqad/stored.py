"""Files against rows: every row's file is in the store, as large and as it was, and no file is nobody's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from django.core.files.storage import Storage, storages
from django.utils import timezone

from catalog.models import Image, ImportRun
from core.audit import Invariant, Part
from core.files import DOCUMENT_TYPES
from logistics.models import Delivery
from retailers.models import Retailer
from vendors.models import Document, Vendor

READ_AGAIN = 50
YOUNG = timedelta(hours=24)
FOLDERS = {"default": ("products", "logos"), "private": ("documents", "proofs", "imports")}


class Kept(NamedTuple):
    """A file that a row names."""

    store: str
    name: str
    who: str


def kept() -> Iterator[Kept]:
    """Every file that a row names."""
    for paper in Document.objects.iterator():
        yield Kept("private", paper.file.name or "", f"{paper.vendor_id} {paper.kind}")
    for shop in Retailer.objects.exclude(licence="").iterator():
        yield Kept("private", shop.licence.name or "", shop.pk)
    for delivery in Delivery.objects.exclude(photo="").iterator():
        yield Kept("private", delivery.photo.name or "", delivery.code)
    for run in ImportRun.objects.exclude(file="").iterator():
        yield Kept("private", run.file.name or "", run.code)
    for vendor in Vendor.objects.exclude(logo="").iterator():
        yield Kept("default", vendor.logo.name or "", vendor.pk)
    for image in Image.objects.iterator():
        yield from (Kept("default", name, f"P{image.product_id}") for name in image.names)


def missing() -> Iterator[str]:
    """Rows whose file is not there."""
    there = {(store, name) for store in FOLDERS for name in _names(store)}
    yield from (f"{file.who} {file.name}" for file in kept() if (file.store, file.name) not in there)


def changed() -> Iterator[str]:
    """Papers whose file is of another size or kind than their row says; of the newest, every byte is read again."""
    store = storages["private"]
    for place, paper in enumerate(Document.objects.order_by("-uploaded_at")):
        if store.exists(paper.file.name or "") and _differs(store, paper, read=place < READ_AGAIN):
            yield f"{paper.vendor_id} {paper.kind}"


def _differs(store: Storage, paper: Document, *, read: bool) -> bool:
    name = paper.file.name or ""
    if store.size(name) != paper.size or paper.media_type not in DOCUMENT_TYPES:
        return True
    if not read:
        return False
    with store.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest() != paper.sha256


def nobodys() -> Iterator[str]:
    """Files older than a day that no row names."""
    known = {(file.store, file.name) for file in kept()}
    old = timezone.now() - YOUNG
    for store in FOLDERS:
        for name in _names(store):
            if (store, name) not in known and storages[store].get_modified_time(name) < old:
                yield name


def _names(store: str) -> Iterator[str]:
    for folder in FOLDERS[store]:
        yield from (f"{folder}/{name}" for name in _listed(storages[store], folder))


def _listed(store: Storage, folder: str) -> Iterable[str]:
    try:
        _folders, files = store.listdir(folder)
    except FileNotFoundError:
        return []
    return files


def _take_one_away() -> None:
    """For the self-test: a row that names a file which was never there."""
    Image.objects.filter(pk=Image.objects.order_by("pk").values("pk")[:1]).update(
        file="products/self-test.webp"
    )


def _swap_one() -> None:
    Document.objects.update(sha256="0" * 64)


def _resize_one() -> None:
    Document.objects.update(size=1)


FILES = Invariant(
    "I21",
    "Every row's file is in the store as it was, and no old file is nobody's",
    lambda: sum(1 for _file in kept()),
    (
        Part("its file is gone", missing, (_take_one_away,)),
        Part("its file is another one", changed, (_swap_one, _resize_one)),
        Part("no row names it", nobodys, ()),  # a test of its own breaks this one: files don't age on demand
    ),
    outside=True,
)
