"""Ahmed sends a file of products: looked through first, then carried out, each row once, whatever dies meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog import actions, imports, sheets
from catalog.models import ImportRun, Movement, Product, Stock
from core.models import Event
from tests.cast import Cast
from tests.factories import BrandFactory, CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db
NEW = "S-{n},Laban {n},لبن,Fresh,12.50,10,soft-drinks,pepsi"
HEAD = "sku,name,name_ar,description,price,quantity,category,brand"


@pytest.fixture
def ahmed(cast: Cast) -> Client:
    CategoryFactory()
    BrandFactory()
    client = Client()
    client.force_login(cast.ahmed, backend="accounts.backends.EmailBackend")
    return client


def upload(client: Client, *lines: str) -> Any:
    file = SimpleUploadedFile("goods.csv", "\n".join(lines).encode(), "text/csv")
    return client.post("/vendor/products/import/", {"file": file})


def looked(client: Client, *lines: str) -> ImportRun:
    """The file as it was looked through."""
    answer = upload(client, *lines)
    assert answer.status_code == 302, answer.context["form"].errors
    found: ImportRun = ImportRun.objects.latest("pk")
    assert answer["Location"] == found.get_absolute_url()
    return found


def confirmed(client: Client, run: ImportRun) -> ImportRun:
    """The vendor's yes, and the worker's work."""
    client.post(f"{run.get_absolute_url()}moves/begin/")
    while imports.carry_on():
        pass
    run.refresh_from_db()
    return run


def wrong(run: ImportRun) -> dict[int, dict[str, str]]:
    return {line["row"]: line["errors"] for line in run.errors}


def pepsi(cast: Cast) -> Product:
    found: Product = Product.objects.select_related("stock").get(pk=cast.pepsi.pk)
    return found


def test_looking_writes_nothing(ahmed: Client, cast: Cast) -> None:
    before = Event.objects.exclude(name__startswith="import.").count()
    run = looked(ahmed, HEAD, NEW.format(n=1), f"{cast.pepsi.code},,,,,,,")
    assert run.found == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 1}
    assert Product.objects.count() == 1
    assert Event.objects.exclude(name__startswith="import.").count() == before
    assert not imports.carry_on()
    page = ahmed.get(run.get_absolute_url()).content.decode()
    assert "Nothing is written yet." in page
    assert "Write 1 row" in page


def test_what_is_confirmed_is_carried_out(ahmed: Client, cast: Cast) -> None:
    run = confirmed(ahmed, looked(ahmed, HEAD, NEW.format(n=1), NEW.format(n=2)))
    assert (run.status, run.done, run.made["new"]) == ("done", 2, 2)
    laban = Product.objects.select_related("stock").get(sku="S-1")
    assert (laban.name, laban.name_ar, str(laban.price), laban.on_hand) == ("Laban 1", "لبن", "12.50", 10)
    assert (laban.vendor_id, laban.status) == (cast.ahmed_foods.pk, "listed")
    assert Event.objects.get(subject=laban.code, name="product.create").actor == cast.ahmed.label
    assert "New products" in ahmed.get(run.get_absolute_url()).content.decode()


def test_only_columns_that_are_there_are_changed(ahmed: Client, cast: Cast) -> None:
    run = confirmed(ahmed, looked(ahmed, "code,price", f"{cast.pepsi.code.lower()},35.00"))
    after = pepsi(cast)
    assert (run.made["changed"], str(after.price), after.name, after.on_hand) == (
        1,
        "35.00",
        "Pepsi 330ml",
        500,
    )
    event = Event.objects.get(name="product.edit")
    assert event.data == {"before": {"price": "32.50"}, "after": {"price": "35.00"}}


def test_a_product_is_known_by_its_sku_too(ahmed: Client, cast: Cast) -> None:
    Product.objects.filter(pk=cast.pepsi.pk).update(sku="PEP")
    run = confirmed(ahmed, looked(ahmed, "sku,name_ar", "PEP,بيبسي جديد"))
    assert (run.made["changed"], pepsi(cast).name_ar) == (1, "بيبسي جديد")


def test_the_same_file_again_changes_nothing(ahmed: Client) -> None:
    lines = HEAD, NEW.format(n=1)
    confirmed(ahmed, looked(ahmed, *lines))
    again = looked(ahmed, *lines)
    assert again.found == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    ahmed.post(f"{again.get_absolute_url()}moves/begin/")
    again.refresh_from_db()
    assert again.status == "checked"


def test_a_second_yes_is_too_late(ahmed: Client) -> None:
    run = confirmed(ahmed, looked(ahmed, HEAD, NEW.format(n=1)))
    assert ahmed.post(f"{run.get_absolute_url()}moves/begin/").status_code in (302, 400, 409)
    assert not imports.carry_on()
    assert Product.objects.filter(sku="S-1").count() == 1


def test_a_dropped_file_is_never_carried_out(ahmed: Client) -> None:
    run = looked(ahmed, HEAD, NEW.format(n=1))
    ahmed.post(f"{run.get_absolute_url()}moves/drop/")
    assert confirmed(ahmed, run).status == "dropped"
    assert not Product.objects.filter(sku="S-1").exists()


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({"price": "-1"}, "price", "greater than or equal to 0.01"),
        ({"price": "abc"}, "price", "Enter a number."),
        ({"name": ""}, "name", "required"),
        ({"category": "No shelf"}, "category", "Unknown category."),
        ({"brand": "Nobody"}, "brand", "Unknown brand."),
        ({"quantity": "-5"}, "quantity", "greater than or equal to 0"),
        ({"quantity": "1.5"}, "quantity", "whole number"),
        ({"quantity": ""}, "quantity", "How many there are is missing."),
        ({"gtin": "123"}, "gtin", "This barcode is not valid."),
        ({"hs_code": "x"}, "hs_code", "6 to 12 digits"),
        ({"unit": "barrel"}, "unit", "Select a valid choice"),
        ({"min_quantity": "5", "quantity_step": "2"}, "min_quantity", "multiple of the steps"),
        ({"status": "archived"}, "status", "A new product is listed or a draft."),
        ({"sku": ""}, "sku", "A new product needs a SKU"),
        ({"code": "P999999"}, "code", "No product of yours has this code."),
        ({"code": "P99999999999999999999"}, "code", "No product of yours has this code."),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(
    ahmed: Client, cells: dict[str, str], column: str, sentence: str
) -> None:
    good = dict(zip(HEAD.split(","), NEW.format(n=1).split(","), strict=True))
    row = good | cells
    run = looked(ahmed, ",".join(row), ",".join(row.values()))
    assert list(wrong(run)[2]) == [column]
    assert sentence in wrong(run)[2][column]


def test_words_stand_for_codes_in_both_languages(ahmed: Client) -> None:
    lines = [
        "sku,name,description,price,quantity,category,brand,unit,vat_category",
        "A,A,x,1,1,Soft Drinks,بيبسي,Carton,Z",
        "B,B,x,1,1,مشروبات غازية,PEPSI,كرتون,zero rated",
    ]
    confirmed(ahmed, looked(ahmed, *lines))
    made = Product.objects.filter(sku__in=["A", "B"]).values_list("unit", "vat_category", "category__slug")
    assert set(made) == {("XCT", "Z", "soft-drinks")}


def test_a_strangers_product_is_not_there(ahmed: Client, cast: Cast) -> None:
    theirs = ProductFactory.create(vendor=cast.strangers().desert_gold, sku="THEIRS", name="Theirs")
    run = looked(ahmed, "code,price", f"{theirs.code},1.00", "P999999,1.00")
    first, second = wrong(run)[2], wrong(run)[3]
    assert first == second == {"code": "No product of yours has this code."}
    assert looked(ahmed, "sku,price", "THEIRS,1.00").found["changed"] == 0


def test_a_product_named_twice_is_wrong_the_second_time(ahmed: Client, cast: Cast) -> None:
    Product.objects.filter(pk=cast.pepsi.pk).update(sku="PEP")
    run = looked(ahmed, "code,sku,price", f"{cast.pepsi.code},PEP,1.00", ",PEP,2.00", ",N,3.00", ",N,4.00")
    assert wrong(run)[3] == {"sku": "Row 2 names this product already."}
    assert "Row 4" in wrong(run)[5]["sku"]


def test_a_sku_of_another_product_is_taken(ahmed: Client, cast: Cast) -> None:
    ProductFactory.create(vendor=cast.ahmed_foods, sku="TAKEN", name="Other")
    run = looked(ahmed, "code,sku", f"{cast.pepsi.code},TAKEN")
    assert wrong(run)[2] == {"sku": "Another of your products has this SKU."}


def test_a_count_is_written_with_its_line_in_the_ledger(ahmed: Client, cast: Cast) -> None:
    confirmed(ahmed, looked(ahmed, "code,quantity", f"{cast.pepsi.code},480"))
    last = Movement.objects.filter(product=cast.pepsi).latest("pk")
    assert (pepsi(cast).on_hand, last.kind, last.on_hand, last.reason) == (480, "adjust", -20, "Import")
    assert Event.objects.get(name="product.stock").data == {"change": -20}


def test_an_old_export_overwrites_no_stock(ahmed: Client, cast: Cast) -> None:
    """500 were exported, 100 left since: the row that was not touched stays, the one that was is refused."""
    actions.change_stock(cast.pepsi, -100, "Sold at the gate", cast.ahmed)
    untouched = looked(ahmed, "code,quantity,on_hand", f"{cast.pepsi.code},500,500")
    assert untouched.found["unchanged"] == 1
    touched = looked(ahmed, "code,quantity,on_hand", f"{cast.pepsi.code},520,500")
    assert wrong(touched)[2]["quantity"].startswith("Stock has moved meanwhile: 400 are on hand")


def test_stock_that_moves_between_look_and_yes_is_not_overwritten(ahmed: Client, cast: Cast) -> None:
    same = looked(ahmed, "code,quantity,price", f"{cast.pepsi.code},500,33.00")
    other = looked(ahmed, "code,quantity", f"{cast.pepsi.code},520")
    actions.change_stock(cast.pepsi, -100, "Sold at the gate", cast.ahmed)
    assert confirmed(ahmed, same).made["changed"] == 1
    assert confirmed(ahmed, other).made["wrong"] == 1
    assert (pepsi(cast).on_hand, str(pepsi(cast).price)) == (400, "33.00")


def test_a_count_below_what_is_promised_is_refused(ahmed: Client, cast: Cast) -> None:
    cast.order(100, "cash_on_delivery")
    run = looked(ahmed, "code,quantity", f"{cast.pepsi.code},99")
    assert wrong(run)[2] == {"quantity": "100 are reserved for orders."}
    assert looked(ahmed, "code,quantity", f"{cast.pepsi.code},100").found["changed"] == 1


def test_the_guard_of_a_count_is_in_the_update_itself(cast: Cast) -> None:
    """Whatever was looked at before: what moved at the last moment is not overwritten."""
    from core.errors import OutOfStock, WrongMoment

    cast.order(100, "cash_on_delivery")
    with pytest.raises(WrongMoment):
        actions.count_stock(cast.pepsi, 499, 600, "Import", cast.ahmed)
    with pytest.raises(OutOfStock):
        actions.count_stock(cast.pepsi, 500, 99, "Import", cast.ahmed)
    assert Stock.objects.get(pk=cast.pepsi.pk).on_hand == 500
    assert not Event.objects.filter(name="product.stock").exists()


def test_a_draft_goes_on_sale_by_a_file_and_nothing_is_archived_by_one(ahmed: Client, cast: Cast) -> None:
    confirmed(ahmed, looked(ahmed, "code,status", f"{cast.pepsi.code},draft"))
    assert pepsi(cast).status == "draft"
    assert Event.objects.filter(name="product.withdraw", subject=cast.pepsi.code).count() == 1
    run = looked(ahmed, "code,status", f"{cast.pepsi.code},archived")
    assert wrong(run)[2] == {"status": "This is done on the product's own page, not by a file."}


def test_wrong_rows_come_back_with_the_reason_and_go_in_again(ahmed: Client, cast: Cast) -> None:
    run = confirmed(ahmed, looked(ahmed, "code,price", f"{cast.pepsi.code},33.00", "P999999,1.00"))
    assert (run.made["changed"], run.made["wrong"]) == (1, 1)
    answer = ahmed.get(f"{run.get_absolute_url()}wrong-rows/")
    sheet = sheets.read(answer.content, sheets.CSV)
    assert sheet.columns == ["code", "price", "problem"]
    assert sheet.rows[0].cells["problem"] == "code: No product of yours has this code."
    mended = answer.content.decode("utf-8-sig").replace("P999999,1.00", f"{cast.pepsi.code},34.00")
    confirmed(ahmed, looked(ahmed, *mended.splitlines()))
    assert str(pepsi(cast).price) == "34.00"


def test_a_file_that_can_not_be_read_is_kept_nowhere(ahmed: Client) -> None:
    answer = upload(ahmed, "colour", "red")
    assert answer.status_code == 200
    assert "Unknown column: colour." in answer.content.decode()
    assert not ImportRun.objects.exists()


class Killed(BaseException):
    """The worker dies here."""


def test_a_worker_that_dies_is_taken_over_and_no_row_is_done_twice(
    ahmed: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = looked(ahmed, HEAD, *(NEW.format(n=n) for n in range(6)))
    ahmed.post(f"{run.get_absolute_url()}moves/begin/")
    write, written = imports._write, []

    def dying(verdict: Any, by: Any) -> None:
        write(verdict, by)
        written.append(verdict.row.number)
        if len(written) == 4:
            raise Killed

    monkeypatch.setattr(imports, "_write", dying)
    with pytest.raises(Killed):
        imports.carry_on()
    run.refresh_from_db()
    assert (run.done, Product.objects.filter(sku__startswith="S-").count()) == (3, 3)
    assert not imports.carry_on()  # its lease still holds
    ImportRun.objects.update(leased_until="2020-01-01T00:00Z")
    assert imports.carry_on()
    run.refresh_from_db()
    assert (run.status, run.made["new"]) == ("done", 6)
    assert Product.objects.filter(sku__startswith="S-").count() == 6


def test_two_workers_do_each_row_once(ahmed: Client) -> None:
    run = looked(ahmed, HEAD, *(NEW.format(n=n) for n in range(3)))
    ahmed.post(f"{run.get_absolute_url()}moves/begin/")
    run.refresh_from_db()
    late = ImportRun.objects.get(pk=run.pk)  # as a second worker read it before the first began
    imports._go_through(run, until=float("inf"))
    imports._go_through(late, until=float("inf"))
    assert Product.objects.filter(sku__startswith="S-").count() == 3
    assert ImportRun.objects.get().made["new"] == 3


def test_files_take_turns_and_one_worker_at_a_time(ahmed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "SPELL", -1.0)
    runs = [looked(ahmed, HEAD, NEW.format(n=n)) for n in (1, 2)]
    for run in runs:
        ahmed.post(f"{run.get_absolute_url()}moves/begin/")
    turns = []
    for _ in range(4):
        turns.append(imports._claim())
        assert turns[-1] is not None
        assert imports._claim() is None
        ImportRun.objects.filter(pk=turns[-1].pk).update(leased_until=timezone.now())
    assert turns == [*runs, *runs]


def test_a_long_file_is_done_in_spells(ahmed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = looked(ahmed, HEAD, *(NEW.format(n=n) for n in range(3)))
    ahmed.post(f"{run.get_absolute_url()}moves/begin/")
    monkeypatch.setattr(imports, "SPELL", -1.0)
    assert imports.carry_on()
    page = ahmed.get(run.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "0 of 3 rows" in page
    monkeypatch.setattr(imports, "SPELL", 10.0)
    assert imports.carry_on()
    done = ahmed.get(run.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert "<html" not in done


def test_looking_through_more_rows_asks_no_more(ahmed: Client) -> None:
    def asked(rows: int) -> int:
        with CaptureQueriesContext(connection) as questions:
            looked(ahmed, HEAD, *(NEW.format(n=n) for n in range(rows)))
        return len(questions)

    assert asked(200) == asked(2)


def test_anothers_file_is_not_there(ahmed: Client, cast: Cast) -> None:
    run = looked(ahmed, HEAD, NEW.format(n=1))
    yusuf = Client()
    yusuf.force_login(cast.strangers().yusuf, backend="accounts.backends.EmailBackend")
    assert yusuf.get(run.get_absolute_url()).status_code == 404
    assert yusuf.post(f"{run.get_absolute_url()}moves/begin/").status_code == 404
    assert yusuf.get(f"{run.get_absolute_url()}wrong-rows/").status_code == 404
