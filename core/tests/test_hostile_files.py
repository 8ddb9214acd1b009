"""Hostile files: refused with a sentence, or drawn anew so that nothing of what they hid is kept."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog import sheets as goods
from core import files
from core.tests import hostile
from core.tests.hostile import MARK, SCRIPT, Hostile
from core.tests.papers import pdf, sent
from orders import sheets as orders

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
PAPERS, PICTURES, TABLES = hostile.papers(), hostile.pictures(), hostile.tables()
NEUTRAL = {"PNG", "JPEG", "a name"}  # what decodes is drawn anew


def _named(cases: list[Hostile]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", cases, ids=[file.why for file in cases])


def _upload(file: Hostile) -> SimpleUploadedFile:
    upload = SimpleUploadedFile("x", file.body)
    upload._name = file.name  # type: ignore[attr-defined]
    return upload


def _neutral(body: bytes) -> bool:
    """Nothing of what was hidden is in it, and it is one picture from its first byte to its last."""
    with Image.open(io.BytesIO(body)) as picture:
        picture.load()
        told = dict(picture.getexif()) or picture.info.keys() & {"comment", "icc_profile", "exif", "Comment"}
    return MARK not in body and SCRIPT not in body and b"PK\x03\x04" not in body and not told


def test_there_are_enough_of_them() -> None:
    whole = PAPERS + TABLES
    assert len({file.why for file in whole}) == len(whole) >= 180


@_named(PAPERS)
def test_a_paper_is_refused_or_neutral(file: Hostile) -> None:
    try:
        kept = files.document(_upload(file))
    except ValidationError as refused:
        assert len(refused.messages) == 1
        return
    assert file.why.split(":")[0] in NEUTRAL, "an active file was kept"
    assert _neutral(kept.body)


@_named(PICTURES)
def test_a_picture_is_refused_or_neutral(file: Hostile) -> None:
    try:
        kept = files.picture(_upload(file))
    except ValidationError as refused:
        assert len(refused.messages) == 1
        return
    assert file.why.split(":")[0] in NEUTRAL, "an active file was kept"
    assert kept.media_type == "image/webp"
    assert _neutral(kept.body)


@_named(TABLES)
def test_a_table_of_goods_is_refused(file: Hostile) -> None:
    with pytest.raises(ValidationError):
        kept = goods.checked(_upload(file))
        goods.read(kept.body, kept.media_type)


@_named(TABLES)
def test_a_table_of_an_order_is_refused_or_text(file: Hostile) -> None:
    try:
        rows = orders.rows_of(orders.sheet(_upload(file)))
    except ValidationError:
        return
    assert file.why.startswith("CSV")
    assert all(isinstance(cell, str) and "\0" not in cell for row in rows for cell in row)


def test_papers_as_offices_write_them_are_taken() -> None:
    """The control: pages, forms without scripts, links, outlines and packed objects are all right."""
    extra = (
        b"9 0 obj << /Type /Outlines /First 8 0 R /Count 3 >> endobj "
        b"8 0 obj << /AP << /N 7 0 R >> /A << /S /URI /URI (https://aqad.example) >> >> endobj "
        b"7 0 obj << /N 3 /Filter [/ASCII85Decode /LZWDecode] >>\n"
        b"stream\nJ..)6T`?p&<!J9%_[umg\"B7/Z7KNXbN'S+\nendstream\n"
    )
    assert files.document(sent("licence.pdf", pdf(extra))).media_type == "application/pdf"


def test_the_largest_picture_is_read_one_at_a_time() -> None:
    assert files._drawing.acquire(blocking=False)
    files._drawing.release()
