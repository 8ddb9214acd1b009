"""Spreadsheets from people and for people: CSV or XLSX by content, read as text, within bounds.

A workbook is a zip of XML: what it unpacks to is bounded before anything is parsed, entities are refused,
formulas arrive as the text that was typed and are never computed.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from core.files import Checked

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
SUFFIXES = {XLSX: {".xlsx"}, CSV: {".csv", ".txt", ".tsv"}}
LARGEST = 1024 * 1024
LARGEST_UNPACKED = 24 * 1024 * 1024
MOST_PARTS = 500
LONGEST_PROLOGUE = 16 * 1024
XML = (".xml", ".rels")
MOST_ROWS, MOST_COLUMNS = 2000, 10
ENCODINGS = ("utf-8-sig", "cp1256")  # what is not UTF-8 comes from an Arabic Windows
Row = list[str]


def sheet(upload: Any) -> Checked:
    """A CSV or XLSX file up to 1 MiB. Raises `ValidationError` with one clear sentence."""
    if not upload.size:
        raise ValidationError(_("This file is empty."), code="empty")
    if upload.size > LARGEST:
        raise ValidationError(_("This file is larger than 1 MB."), code="too_large")
    body: bytes = upload.read()
    media_type = XLSX if body.startswith(b"PK\x03\x04") else CSV
    named = PurePath(upload.name or "").suffix.lower()
    if named not in SUFFIXES[media_type] or (media_type == CSV and b"\0" in body):
        raise ValidationError(_("Please send a CSV or XLSX file."), code="wrong_type")
    if media_type == XLSX:
        _refuse_bomb(body)
    return Checked(body, media_type)


def rows_of(file: Checked) -> list[Row]:
    """Its rows as text, without empty ones. Raises `ValidationError` for a damaged file or more than 2,000 rows."""
    read = _workbook if file.media_type == XLSX else _text
    try:
        rows = list(islice((row for row in read(file.body) if any(row)), MOST_ROWS + 1))
    except ValidationError:
        raise
    except Exception as broken:  # whatever a parser of a hostile file raises
        raise ValidationError(_("This file can't be read."), code="damaged") from broken
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("This file has more than 2,000 rows."), code="too_large")
    return rows


def workbook(headers: list[str], rows: Iterable[list[Any]]) -> bytes:
    """An XLSX file; text that begins like a formula stays text."""
    made: bytes = tablib.Dataset(*rows, headers=headers).export("xlsx", escape=True)
    return made


def _refuse_bomb(body: bytes) -> None:
    """Bounds on what it unpacks to, and plain XML in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = book.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise ValidationError(_("This file unpacks to too much."), code="too_large")
            if "xl/workbook.xml" not in book.namelist():
                raise ValidationError(_("Please send a CSV or XLSX file."), code="wrong_type")
            plain = all(_begins_plainly(book, part) for part in parts if part.filename.endswith(XML))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as broken:
        raise ValidationError(_("This file can't be read."), code="damaged") from broken
    if not plain:
        raise ValidationError(_("This file can't be read."), code="damaged")


def _begins_plainly(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether its first element comes soon and without a document type, where entities would be declared."""
    seen: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_facts: seen.append("doctype")
    parser.StartElementHandler = lambda *_facts: seen.append("element")
    with book.open(part) as opened, suppress(expat.ExpatError):
        parser.Parse(opened.read(LONGEST_PROLOGUE), False)
    return seen[:1] == ["element"]


def _workbook(body: bytes) -> Iterator[Row]:
    """The first sheet; a formula is its text, for nothing is computed here."""
    book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
    first = book.worksheets[0]
    bounds = {"max_row": MOST_ROWS * 2, "max_col": MOST_COLUMNS}
    for row in first.iter_rows(values_only=True, **bounds):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    """A cell as a person reads it: barcodes are numbers to a spreadsheet, and come without their point."""
    if value is None:
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return " ".join(str(int(value) if whole else value).split())


def _text(body: bytes) -> Iterator[Row]:
    text = _decoded(body)
    separator = max("\t;,", key=text.partition("\n")[0].count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield [" ".join(cell.split()) for cell in row[:MOST_COLUMNS]]


def _decoded(body: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("This file can't be read."), code="damaged")
