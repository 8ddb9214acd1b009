"""Tables of products as files, CSV or XLSX: in within bounds, out without formulas.

A cell that a spreadsheet would work out (it begins with = + - @ or a tab) goes out with a quote before it, and the
quote is taken away when it comes back, so that what went out comes in unchanged (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from core.files import Checked

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": CSV, "xlsx": XLSX}
COLUMNS = (
    "code", "sku", "name", "name_ar", "description", "price", "quantity", "on_hand", "category", "brand", "unit",
    "units_per_carton", "min_quantity", "quantity_step", "vat_category", "gtin", "hs_code", "status",
)  # fmt: skip
PROBLEM = "problem"
LARGEST = 2 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 40
LARGEST_UNPACKED = 32 * 1024 * 1024
RATIO = 100
SMALL = 1024 * 1024
MOST_PARTS = 200
FORMULA = re.compile(r"^'*[=+\-@\t\r]")
QUOTED = re.compile(r"^'(?='*[=+\-@\t\r])")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Row:
    """A row that says something, by its number in the file; the heading is number 1."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What a file holds: its columns, in order, and its rows."""

    columns: list[str]
    rows: list[Row]


def checked(upload: Any) -> Checked:
    """A file as it may be kept: small, CSV or XLSX by name and content alike. Raises `ValidationError`."""
    kind = PurePath(upload.name or "").suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise ValidationError(_("Please send a CSV or XLSX file."), code="wrong_type")
    if upload.size > LARGEST:
        raise ValidationError(_("This file is larger than 2 MB."), code="too_large")
    upload.seek(0)
    body: bytes = upload.read()
    if (kind == "xlsx") != body.startswith(b"PK\x03\x04"):
        raise ValidationError(_("Please send a CSV or XLSX file."), code="wrong_type")
    return Checked(body, KINDS[kind])


def read(body: bytes, media_type: str) -> Sheet:
    """The columns and rows of a file. Raises `ValidationError` with one sentence for what can't be read."""
    lines = _workbook(body) if media_type == XLSX else _csv(body)
    heading = next(lines, [])
    columns = [_column(cell) for cell in _trimmed(heading)]
    _refuse_columns(columns)
    rows = []
    for number, line in enumerate(lines, 2):
        cells = {name: _plain(cell) for name, cell in zip(columns, line, strict=False)}
        if any(cells.values()):
            rows.append(Row(number, {name: cells.get(name, "") for name in columns}))
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("A file has at most %(most)d rows.") % {"most": MOST_ROWS})
    if not rows:
        raise ValidationError(_("There are no rows in this file."))
    return Sheet(columns, rows)


def written(kind: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The bytes of a file of that kind; a CSV says that it is UTF-8, for spreadsheets that would guess."""
    table = tablib.Dataset(
        *[[_safe(cell) for cell in row] for row in rows], headers=list(columns), title="AQAD"
    )
    if kind == "xlsx":
        body: bytes = table.export("xlsx")
        return body
    return b"\xef\xbb\xbf" + str(table.export("csv")).encode()


def _csv(body: bytes) -> Iterator[list[str]]:
    try:
        text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as strange:
        raise ValidationError(_("This file is not UTF-8: save it as “CSV UTF-8”.")) from strange
    if "\0" in text:
        raise ValidationError(_("This file can't be read."))
    head = text.partition("\n")[0]
    between = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=between)
    except csv.Error as broken:
        raise ValidationError(_("This file can't be read.")) from broken


def _workbook(body: bytes) -> Iterator[list[Any]]:
    """The first sheet; nothing is unpacked before its size is known."""
    try:
        _refuse_bombs(body)
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        page = book.worksheets[0]
        page.reset_dimensions()
        yield from (list(line) for line in page.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except ValidationError:
        raise
    except Exception as broken:  # whatever a broken workbook makes the library stumble over
        raise ValidationError(_("This file can't be read.")) from broken


def _refuse_bombs(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = packed.infolist()
    whole = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(SMALL, RATIO * part.compress_size) for part in parts)
    if len(parts) > MOST_PARTS or whole > LARGEST_UNPACKED or swollen:
        raise ValidationError(_("This file is far larger than it looks."), code="too_large")


def _trimmed(line: Sequence[Any]) -> list[Any]:
    """Without the empty cells at its end."""
    cells = list(line)
    while cells and not _plain(cells[-1]):
        cells.pop()
    return cells


def _column(cell: Any) -> str:
    return "_".join(_plain(cell).lower().split())


def _refuse_columns(columns: list[str]) -> None:
    known = {*COLUMNS, PROBLEM}
    strange = [name for name in columns if name not in known]
    if strange:
        raise ValidationError(
            _("Unknown column: %(name)s. The columns are: %(known)s.")
            % {"name": strange[0][:60] or "–", "known": ", ".join(COLUMNS)}
        )
    if len(set(columns)) < len(columns):
        raise ValidationError(_("A column stands there twice."))
    if not {"code", "sku"} & set(columns):
        raise ValidationError(_("There must be a column “code” or “sku”, to know the products by."))


def _plain(cell: Any) -> str:
    """A cell as text: 24.0 is 24, a day is its ISO form, and the quote before a formula goes."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return QUOTED.sub("", str(cell).strip())


def _safe(cell: Any) -> Any:
    """A cell that no spreadsheet works out; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    text = UNPRINTABLE.sub("", cell)
    return f"'{text}" if FORMULA.match(text) else text
