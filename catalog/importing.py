"""What the rows of a file would do to a vendor's products; looking writes nothing.

A row is known by its code, or else by its SKU. Columns that are not there stay as they are. A quantity is what was
counted: beside the `on_hand` of an export it counts only where the two differ and nothing has moved since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from catalog.forms import LARGEST_QUANTITY, ProductForm
from catalog.lifecycle import ProductStatus
from catalog.models import SKU_TAKEN, Brand, Category, Product, Unit
from catalog.sheets import COLUMNS, PROBLEM, Row
from catalog.stock import MOVED
from core.access import Actor
from core.money import VatCategory

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
KINDS = (NEW, CHANGED, UNCHANGED, WRONG)
MOVES = {
    (ProductStatus.DRAFT, ProductStatus.LISTED): "list",
    (ProductStatus.LISTED, ProductStatus.DRAFT): "withdraw",
}
ASIDE = ("quantity", "on_hand", "status")


@dataclass
class Verdict:
    """What one row comes to. `count` is the stock as seen and as counted; `changes` are shown to people."""

    row: Row
    kind: str = WRONG
    product: Product | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    quantity: int = 0
    count: tuple[int, int] | None = None
    move: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


class Known(forms.CharField):
    """A shelf or maker by slug or name, looked up among those loaded beforehand."""

    known: Mapping[str, Any]

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if (found := self.known.get(text.casefold())) is None:
            raise ValidationError(self.error_messages["invalid_choice"])
        return found


class RowForm(ProductForm):
    """A row under the same rules as the page of a product; it asks the database nothing."""

    category = Known(  # type: ignore[assignment]
        error_messages={"invalid_choice": gettext_lazy("Unknown category.")}
    )
    brand = Known(  # type: ignore[assignment]
        error_messages={"invalid_choice": gettext_lazy("Unknown brand.")}
    )
    quantity = forms.IntegerField(min_value=0, max_value=LARGEST_QUANTITY, required=False)
    on_hand = forms.IntegerField(required=False)
    status = forms.ChoiceField(choices=ProductStatus.choices, required=False)

    def clean_sku(self) -> str:
        """Whether it is taken is judged over the whole file."""
        return str(self.cleaned_data["sku"])

    def _post_clean(self) -> None:
        """The rules of the columns stand in the fields; the table itself has the last word when it is written."""

    def judge(self, product: Product, cells: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Cleaned facts and the first error of each column; one form looks through a whole file."""
        self.data, self.instance, self._errors = cells, product, None
        self.full_clean()
        return self.cleaned_data, {name: str(lines[0]) for name, lines in self.errors.items()}


class Judge:
    """Looks through the rows of one vendor's file.

    `seen` is the stock as it was when the rows were first looked through, by number of the row; None at that time.
    """

    def __init__(self, vendor_id: str, columns: Iterable[str], seen: Mapping[str, int] | None = None) -> None:
        self.vendor_id, self.seen = vendor_id, seen
        self.columns = [name for name in columns if name not in (PROBLEM, "code")]
        self.form = RowForm({}, instance=Product())
        self.form.fields["category"].known = _by_name(Category.objects.all())  # type: ignore[attr-defined]
        self.form.fields["brand"].known = _by_name(Brand.objects.all())  # type: ignore[attr-defined]
        self.words = {"unit": _in_words(Unit), "vat_category": _in_words(VatCategory)}

    def look(self, rows: list[Row]) -> list[Verdict]:
        """A verdict on each row, in two questions for all of them."""
        codes = {row.cells.get("code", "").upper() for row in rows} - {""}
        skus = {row.cells.get("sku", "") for row in rows} - {""}
        mine = Product.objects.filter(vendor_id=self.vendor_id).select_related("stock", "category", "brand")
        numbers = [
            int(code[1:]) for code in codes if code[:1] == "P" and code[1:].isdecimal() and len(code) < 19
        ]
        found = list(mine.filter(Q(pk__in=numbers) | Q(sku__in=skus)))
        self.by_code = {product.code: product for product in found}
        self.by_sku = {product.sku: product for product in found if product.sku}
        self.named: dict[str, int] = {}
        return [self._verdict(row) for row in rows]

    def _verdict(self, row: Row) -> Verdict:
        verdict = Verdict(row)
        self._recognise(verdict)
        if not verdict.errors:
            self._read(verdict)
        if not verdict.errors:
            changed = verdict.facts or verdict.count or verdict.move
            verdict.kind = (CHANGED if changed else UNCHANGED) if verdict.product else NEW
        return verdict

    def _recognise(self, verdict: Verdict) -> None:
        """Which product it is, if it is there; and whether a row before named the same."""
        code, sku = verdict.row.cells.get("code", "").upper(), verdict.row.cells.get("sku", "")
        by_sku = self.by_sku.get(sku) if sku else None
        verdict.product = self.by_code.get(code) if code else by_sku
        if code and verdict.product is None:
            verdict.errors["code"] = _("No product of yours has this code.")
        elif code and by_sku is not None and by_sku != verdict.product:
            verdict.errors["sku"] = str(SKU_TAKEN)
        elif not code and not sku:
            verdict.errors["sku"] = _(
                "A new product needs a SKU, so that the same file never makes it twice."
            )
        names = {verdict.product.code if verdict.product else "", f"SKU {sku}" if sku else ""} - {""}
        for name in names:
            before = self.named.setdefault(name, verdict.row.number)
            if before != verdict.row.number and not verdict.errors:
                verdict.errors["code" if code else "sku"] = _("Row %(n)d names this product already.") % {
                    "n": before
                }

    def _read(self, verdict: Verdict) -> None:
        product = verdict.product
        given = {name: self._spoken(name, verdict.row.cells[name]) for name in self.columns}
        cells = (ProductForm.of(product) | given) if product else given
        facts, errors = self.form.judge(product or Product(), cells)
        verdict.errors |= errors
        if errors:
            return
        if product is None:
            self._new(verdict, facts)
            return
        verdict.facts = {
            name: facts[name]
            for name in given
            if name not in ASIDE and _differs(getattr(product, name), facts[name])
        }
        verdict.changes = {
            name: (_shown(getattr(product, name)), _shown(value)) for name, value in verdict.facts.items()
        }
        self._count(verdict, product, facts)
        self._move(verdict, product, facts)

    def _new(self, verdict: Verdict, facts: dict[str, Any]) -> None:
        if facts["quantity"] is None:
            verdict.errors["quantity"] = _("How many there are is missing.")
        if facts["status"] not in ("", ProductStatus.DRAFT, ProductStatus.LISTED):
            verdict.errors["status"] = _("A new product is listed or a draft.")
        verdict.facts, verdict.quantity = facts, facts["quantity"] or 0

    def _count(self, verdict: Verdict, product: Product, facts: dict[str, Any]) -> None:
        """The stock as counted, against what the file, or the first look, saw."""
        counted, said, now = facts["quantity"], facts["on_hand"], product.stock.on_hand
        seen = said if said is not None else self._seen(verdict.row, now)
        if counted is None or seen is None or counted == seen:
            return
        if seen != now:
            verdict.errors["quantity"] = str(MOVED) % {"now": now, "seen": seen}
        elif counted < product.stock.reserved:
            told = _("%(n)d are reserved for orders.") % {"n": product.stock.reserved}
            verdict.errors["quantity"] = told
        verdict.count = (seen, counted)
        verdict.changes["quantity"] = (str(seen), str(counted))

    def _seen(self, row: Row, now: int) -> int | None:
        """What the stock was at the first look, which is now; later, what was written down then."""
        return now if self.seen is None else self.seen.get(str(row.number))

    def _move(self, verdict: Verdict, product: Product, facts: dict[str, Any]) -> None:
        wanted = facts["status"] or product.status
        if wanted == product.status:
            return
        verdict.move = MOVES.get((ProductStatus(product.status), ProductStatus(wanted)), "")
        verdict.changes["status"] = (
            str(ProductStatus(product.status).label),
            str(ProductStatus(wanted).label),
        )
        if not verdict.move:
            verdict.errors["status"] = _("This is done on the product's own page, not by a file.")

    def _spoken(self, name: str, cell: str) -> str:
        """A code, where somebody wrote its word."""
        return self.words.get(name, {}).get(cell.casefold(), cell)


def exported(user: Actor) -> Iterable[list[Any]]:
    """The vendor's products as rows of a file, in the order of `sheets.COLUMNS`; archived ones stay at home."""
    mine = Product.objects.seen_by(user).exclude(status=ProductStatus.ARCHIVED)
    for product in mine.select_related("stock", "category", "brand").order_by("pk"):
        facts = ProductForm.of(product)
        stock = product.stock.on_hand
        known = {"code": product.code, "quantity": stock, "on_hand": stock, "status": product.status}
        yield [_cell((facts | known)[name]) for name in COLUMNS]


def _cell(value: Any) -> Any:
    return "" if value is None else value


def _by_name(rows: Iterable[Any]) -> dict[str, Any]:
    """By slug, and by either name where only one bears it."""
    found: dict[str, Any] = {}
    for row in rows:
        for name in {row.name.casefold(), row.name_ar.casefold()} - {""}:
            found[name] = None if name in found else row
    return found | {row.slug: row for row in rows}


def _in_words(choices: Any) -> dict[str, str]:
    """Code by its word, in both languages."""
    found: dict[str, str] = {}
    for language in ("en", "ar"):
        with override(language):
            found |= {str(label).casefold(): value for value, label in choices.choices}
    return found


def _differs(old: Any, new: Any) -> bool:
    """Line ends are no difference: a spreadsheet writes them its own way."""
    if isinstance(old, str) and isinstance(new, str):
        return old.replace("\r\n", "\n").strip() != new.replace("\r\n", "\n")
    return bool(old != new)


def _shown(value: Any) -> str:
    return (
        str(getattr(value, "title", value) if not isinstance(value, str) else value)
        if value is not None
        else ""
    )
