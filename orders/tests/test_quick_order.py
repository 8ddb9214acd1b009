"""Quick order: good lines are kept, bad ones come back with their reason, nothing is cut off or ordered twice."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from pytest_django.asserts import assertNumQueries

from catalog import codes
from catalog.models import Product
from orders import sheets
from orders.models import CartLine
from tests.cast import Api, Cast
from tests.factories import ProductFactory, VendorFactory

pytestmark = pytest.mark.django_db
PATH = "/quick-order/"


@pytest.fixture
def fatima(cast: Cast) -> Client:
    """Fatima's browser; beside Pepsi there is water of ten at least, in fives."""
    ProductFactory.create(
        vendor=cast.ahmed_foods, name="Water", sku="AF-WAT 1", gtin="06291003080011",
        min_quantity=10, quantity_step=5, quantity=40,
    )  # fmt: skip
    browser = Client()
    browser.force_login(cast.fatima)
    return browser


def send(browser: Client, lines: str = "", **more: Any) -> str:
    """What the page says after these lines."""
    answer = browser.post(PATH, {"lines": lines, **more}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def basket() -> dict[str, int]:
    return {line.product.name: line.quantity for line in CartLine.objects.select_related("product")}


def xlsx(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


@pytest.mark.parametrize(
    "line",
    [
        "{code} 12", "{code},12", "{code}\t12", " {code} ;  12 ", "{code} ١٢", "{code}، ۱۲",
        "{lower} x12", "{code} 12.0",
    ],
)  # fmt: skip
def test_a_line_is_read_however_it_is_written(cast: Cast, fatima: Client, line: str) -> None:
    code = cast.pepsi.code
    assert "1 product went into your basket." in send(fatima, line.format(code=code, lower=code.lower()))
    assert basket() == {"Pepsi 330ml": 12}


@pytest.mark.parametrize("code", ["AF-WAT 1", "af-wat1", "06291003080011", "6291003080011"])
def test_sku_and_barcode_will_do(fatima: Client, code: str) -> None:
    send(fatima, f"{code}, 10")
    assert basket() == {"Water": 10}


def test_the_good_are_kept_and_the_bad_come_back_with_their_reason(cast: Cast, fatima: Client) -> None:
    told = send(fatima, f"{cast.pepsi.code} 3\nNOPE-7 4\nAF-WAT1 12\n{cast.pepsi.code} many")
    assert basket() == {"Pepsi 330ml": 3}
    assert "3 lines did not go in" in told
    for text, reason in (
        ("NOPE-7 4", "Nothing on sale has this code."),
        ("AF-WAT1 12", "Water is ordered in steps of 5."),
        (f"{cast.pepsi.code} many", "Write a code and a whole quantity, such as P1001 20."),
    ):
        assert f'value="{text}"' in told
        assert reason in told


def test_bad_lines_stay_until_sent_again_and_a_reload_orders_nothing_twice(fatima: Client) -> None:
    send(fatima, "AF-WAT1 10\nNOPE-7 4")
    again = fatima.get(PATH).content.decode()
    assert "NOPE-7 4" in again
    assert "went into your basket" not in again
    assert basket() == {"Water": 10}
    assert "NOPE-7" not in send(fatima, line=["AF-WAT1 5", ""])
    assert basket() == {"Water": 15}


def test_what_is_named_twice_is_asked_for_once_in_sum(cast: Cast, fatima: Client) -> None:
    send(fatima, f"AF-WAT1 5\n6291003080011 10\n{cast.pepsi.code} 1\n{cast.pepsi.code} 2")
    assert basket() == {"Water": 15, "Pepsi 330ml": 3}


def test_too_many_are_told_what_there_is_with_what_the_basket_holds(fatima: Client) -> None:
    assert "Only 40 of Water are left; you asked for 100." in send(fatima, "AF-WAT1 100")
    send(fatima, "AF-WAT1 30")
    assert "Only 40 of Water are left, and your basket holds 30." in send(fatima, "AF-WAT1 15")
    assert basket() == {"Water": 30}
    Product.objects.get(name="Water").stock.__class__.objects.update(on_hand=5)
    assert "Water is out of stock." in send(fatima, "AF-WAT1 10")


def test_one_sku_of_two_suppliers_asks_which(cast: Cast, fatima: Client) -> None:
    other = ProductFactory.create(vendor=VendorFactory.create(name="Desert Gold"), sku="af-wat1")
    told = send(fatima, "AF-WAT1 10")
    assert "Several suppliers use this code." in told
    assert f"{other.code} (Desert Gold)" in told


def test_what_is_off_sale_is_not_named(cast: Cast, fatima: Client) -> None:
    Api(cast.ahmed).call("DELETE", f"/products/{cast.pepsi.code}")
    told = send(fatima, f"{cast.pepsi.code} 1")
    assert "Nothing on sale has this code." in told
    assert "Pepsi" not in told


def test_more_than_200_lines_are_refused_as_a_whole(cast: Cast, fatima: Client) -> None:
    lines = "\n".join([f"{cast.pepsi.code} 1", *(f"NOPE-{n} 1" for n in range(200))])
    told = send(fatima, lines)
    assert "at most 200 lines; these are 201" in told
    assert "NOPE-199 1" in told
    assert basket() == {}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("order.csv", b"Code,Quantity\nAF-WAT1,10\n"),
        ("order.csv", "رمز;الكمية\nAF-WAT1;10\n".encode("cp1256")),
        ("order.txt", "\ufeffAF-WAT1\t10\nAF-NONE\t\n".encode()),
        ("order.xlsx", xlsx(["Code", "Quantity"], [6291003080011, 10.0], ["AF-OTHER", None])),
    ],
    ids=["csv", "arabic-csv", "txt", "xlsx"],
)
def test_a_sheet_is_read_by_what_is_in_it(fatima: Client, name: str, body: bytes) -> None:
    assert "1 product went into your basket." in send(fatima, file=file(name, body))
    assert basket() == {"Water": 10}


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (sheets.LARGEST_UNPACKED + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("order.exe", b"AF-WAT1,10", "Please send a CSV or XLSX file."),
        ("order.csv", xlsx(["AF-WAT1", 10]), "Please send a CSV or XLSX file."),
        ("order.xlsx", b"AF-WAT1,10", "Please send a CSV or XLSX file."),
        ("order.csv", b"MZ\0\0", "Please send a CSV or XLSX file."),
        ("order.xlsx", b"PK\x03\x04 no zip", "can&#x27;t be read"),
        ("order.csv", b"A,1\n" * 300_000, "larger than 1 MB"),
        ("order.csv", b"A,1\n" * 2_001, "more than 2,000 rows"),
        ("order.xlsx", bomb(), "unpacks to too much"),
    ],
    ids=["exe", "xlsx-as-csv", "csv-as-xlsx", "program", "no-zip", "too-large", "too-many", "bomb"],
)
def test_other_files_are_refused_with_a_sentence(
    fatima: Client, name: str, body: bytes, sentence: str
) -> None:
    assert sentence in send(fatima, file=file(name, body))
    assert basket() == {}


def test_a_formula_is_text_and_computed_by_nobody(fatima: Client) -> None:
    told = send(fatima, file=file("order.xlsx", xlsx(["AF-WAT1", "=5+5"])))
    assert "AF-WAT1 =5+5" in told
    assert basket() == {}


def test_an_entity_in_a_workbook_is_refused(fatima: Client) -> None:
    source = io.BytesIO(xlsx(["AF-WAT1", 10]))
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/workbook.xml":
                body = b'<!DOCTYPE x [<!ENTITY a "b">]>' + body
            new.writestr(name, body)
    assert "can&#x27;t be read" in send(fatima, file=file("order.xlsx", out.getvalue()))


def test_the_sheet_to_fill_in_knows_what_was_ordered_before(cast: Cast, fatima: Client) -> None:
    cast.order(2)
    Product.objects.filter(pk=cast.pepsi.pk).update(name="=1+1", name_ar="")
    sheet = load_workbook(io.BytesIO(fatima.get("/quick-order/template/").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:2] == ("Code", "Quantity")
    assert [row[0] for row in rows[1:]] == [cast.pepsi.code]
    assert sheet["C2"].data_type == "s"


def test_a_long_order_costs_no_more_queries_than_a_short_one(cast: Cast) -> None:
    from orders import quick

    goods = [ProductFactory.create(vendor=cast.ahmed_foods, name=f"Rice {n}") for n in range(20)]
    for some in (goods[:2], goods):
        with assertNumQueries(3):
            assert quick.order([f"{each.code} 1" for each in some], cast.fatima).kept == len(some)


def test_our_number_wins_over_a_sku_that_looks_like_it(cast: Cast) -> None:
    ProductFactory.create(vendor=cast.ahmed_foods, name="Impostor", sku=cast.pepsi.code)
    assert codes.found_by([cast.pepsi.code])[cast.pepsi.code] == [cast.pepsi]
