"""Spreadsheets: what goes out comes in unchanged, nothing is worked out, and nothing is larger than it looks."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from openpyxl import Workbook, load_workbook

from catalog import sheets
from catalog.importing import Judge
from core.tests.papers import sent
from tests.cast import Cast
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db
FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "'=quoted already",
    "''=twice",
    "plain",
    "O'Brien",
]


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def exported(cast: Cast, kind: str) -> bytes:
    answer = desk(cast.ahmed).get(f"/vendor/products/export/{kind}/")
    assert answer["Content-Disposition"] == f'attachment; filename="aqad-products.{kind}"'
    return bytes(answer.content)


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def refused(body: bytes, name: str = "goods.csv") -> str:
    with pytest.raises(ValidationError) as wrong:
        checked = sheets.checked(sent(name, body))
        sheets.read(checked.body, checked.media_type)
    return str(wrong.value.messages[0])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_in_unchanged(cast: Cast, kind: str) -> None:
    for number, name in enumerate(FORMULAS):
        ProductFactory.create(
            vendor=cast.ahmed_foods, name=name, sku=f"S{number}", name_ar="لبن", units_per_carton=24,
            description="Two\r\nlines, \"quoted\"; and more",
        )  # fmt: skip
    ProductFactory.create(vendor=cast.ahmed_foods, name="Old", status="archived")
    ProductFactory.create(vendor=cast.strangers().desert_gold, name="Of a stranger")
    sheet = sheets.read(exported(cast, kind), sheets.KINDS[kind])
    assert [row.cells["name"] for row in sheet.rows] == ["Pepsi 330ml", *FORMULAS]
    verdicts = Judge(cast.ahmed_foods.pk, sheet.columns).look(sheet.rows)
    assert {verdict.kind for verdict in verdicts} == {"unchanged"}


def test_no_cell_is_worked_out_by_a_spreadsheet(cast: Cast) -> None:
    for name in FORMULAS:
        ProductFactory.create(vendor=cast.ahmed_foods, name=name)
    book = load_workbook(io.BytesIO(exported(cast, "xlsx")))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    dangerous = [cell.value for cell in cells if str(cell.value)[:1] in ("=", "+", "-", "@")]
    assert dangerous == []
    assert "'=1+1" in exported(cast, "csv").decode("utf-8-sig")


def test_a_csv_opens_in_arabic_and_is_read_however_a_spreadsheet_saved_it(cast: Cast) -> None:
    assert exported(cast, "csv").startswith(b"\xef\xbb\xbf")
    for body in (
        "sku;name_ar\nS1;لبن".encode(),
        "sku\tname_ar\r\nS1\tلبن".encode("utf-16"),
        "\ufeffSKU,Name ar,,\nS1,لبن,,\n,,,\n".encode(),
    ):
        sheet = sheets.read(body, sheets.CSV)
        assert [(row.number, row.cells) for row in sheet.rows] == [(2, {"sku": "S1", "name_ar": "لبن"})]


def test_numbers_of_a_spreadsheet_are_read_as_people_wrote_them() -> None:
    book = Workbook()
    book.active.append(["sku", "price", "quantity", "gtin", "name"])
    book.active.append([1001.0, 32.5, 24, 6291003007590.0, None])
    out = io.BytesIO()
    book.save(out)
    cells = sheets.read(out.getvalue(), sheets.XLSX).rows[0].cells
    assert cells == {"sku": "1001", "price": "32.5", "quantity": "24", "gtin": "6291003007590", "name": ""}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "There must be a column"),
        (csv("sku,colour", "S1,red"), "Unknown column: colour."),
        (csv("sku,sku", "S1,S2"), "A column stands there twice."),
        (csv("name,price", "Pepsi,1"), "There must be a column"),
        (csv("sku,name"), "There are no rows"),
        ("sku,name\nS1,لبن".encode("cp1256"), "This file is not UTF-8"),
        (csv("sku", *(f"S{n}" for n in range(5001))), "A file has at most 5000 rows."),
        (b"x" * (2 * 1024 * 1024 + 1), "This file is larger than 2 MB."),
        (b"PK\x03\x04 and so on", "Please send a CSV or XLSX file."),
    ],
)
def test_what_can_not_be_read_is_said(body: bytes, sentence: str) -> None:
    assert refused(body).startswith(sentence)


def test_five_thousand_rows_are_read() -> None:
    body = csv("sku", *(f"S{n}" for n in range(5000)))
    assert len(sheets.read(body, sheets.CSV).rows) == 5000


@pytest.mark.parametrize(
    ("name", "body"),
    [("goods.exe", b"sku\nS1"), ("goods.xlsx", b"sku\nS1"), ("goods.xls", b"PK\x03\x04"), ("goods", b"sku")],
)
def test_another_kind_of_file_is_refused(name: str, body: bytes) -> None:
    assert refused(body, name) == "Please send a CSV or XLSX file."


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name, body)
    return out.getvalue()


def test_a_small_file_that_unpacks_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (16 * 1024 * 1024)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(sheets, "load_workbook", lambda *_, **__: pytest.fail("it was unpacked"))
    assert refused(bomb, "goods.xlsx") == "This file is far larger than it looks."


def test_many_parts_that_are_large_together_are_refused() -> None:
    part = os.urandom(1000) + b" " * 900_000
    assert refused(packed({f"part{n}": part for n in range(40)}), "goods.xlsx").startswith("This file is far")
    assert refused(packed({f"part{n}": b"x" for n in range(300)}), "goods.xlsx").startswith(
        "This file is far"
    )


def test_entities_of_a_workbook_are_not_followed() -> None:
    good = io.BytesIO()
    book = Workbook()
    book.active.append(["sku", "name"])
    book.active.append(["S1", "harmless"])
    book.save(good)
    with zipfile.ZipFile(good) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    page = "xl/worksheets/sheet1.xml"
    assert sheets.read(packed(parts), sheets.XLSX).rows[0].cells["name"] == "harmless"
    parts[page] = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>' + parts[page]
    assert refused(packed(parts), "goods.xlsx") == "This file can't be read."


@pytest.mark.parametrize(
    "body", [b"PK\x03\x04broken", packed({"hello.txt": b"hello"})], ids=["cut short", "no workbook"]
)
def test_a_broken_workbook_is_said(body: bytes) -> None:
    assert refused(body, "goods.xlsx") == "This file can't be read."


def test_the_template_comes_in(cast: Cast) -> None:
    for kind in sheets.KINDS:
        answer = desk(cast.ahmed).get(f"/vendor/products/template/{kind}/")
        sheet = sheets.read(answer.content, sheets.KINDS[kind])
        assert sheet.columns == list(sheets.COLUMNS)
        (verdict,) = Judge(cast.ahmed_foods.pk, sheet.columns).look(sheet.rows)
        assert (verdict.kind, verdict.errors) == ("new", {})
    assert desk(cast.ahmed).get("/vendor/products/export/pdf/").status_code == 404
