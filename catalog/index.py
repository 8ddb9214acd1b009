"""What each product is found by: its words, kept with it, and the words of all, counted, in the same transaction.

A product's words are lexemes: plain ones from its names (A), its brand, shelves and packing (B); `-word` from its
description and its vendor's name; `#` a code; `=` all words of a name, `~` the same without the size, `^` its first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import CharField, F, Func, QuerySet

from catalog import folding, shelves
from catalog.folding import Word as Read
from catalog.lifecycle import ProductStatus
from catalog.models import Product, Word
from catalog.spelling import near

BATCH = 500
SIGNS = "#=~^"  # lexemes that are no words
LONGEST = 80  # letters of a word that is kept

Ways = dict[int, tuple[str, ...]]

COUNT = """
    INSERT INTO catalog_word (form, written, products, named, near)
    SELECT form, written, products, named, string_to_array(near, ' ')
    FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::text[])
         AS told (form, written, products, named, near)
    ORDER BY form
    ON CONFLICT (form) DO UPDATE SET products = catalog_word.products + excluded.products,
                                     named = catalog_word.named + excluded.named
"""
KEEP = """
    UPDATE catalog_product SET words = told.words::tsvector
    FROM unnest(%s::bigint[], %s::text[]) AS told (id, words) WHERE catalog_product.id = told.id
"""


def keep(product: Product) -> None:
    """Let a product be found by what it is now. Inside the transaction that changed it, and last there."""
    keep_all([product.pk])


def keep_all(keys: Sequence[int]) -> None:
    """The same for many: three questions, whatever their number; words are locked in their order."""
    with transaction.atomic():
        rows = list(_with_their_words(Product.objects.filter(pk__in=keys)))
        shelved = ways()
        told = {row.pk: lexemes(row, shelved) if row.status == ProductStatus.LISTED else {} for row in rows}
        _count(rows, told, shelved)
        _write(told)


def rebuild(rows: QuerySet[Product], batch: int = BATCH) -> int:
    """Read these products anew, a batch in each transaction; answers how many."""
    done, last = 0, 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        keep_all(keys)
        done, last = done + len(keys), keys[-1]
    Word.objects.filter(products__lte=0).delete()
    return done


def catch_up() -> bool:
    """Read what is on sale and has no words yet; False where there is none. For what came in past the actions."""
    wordless = Product.objects.filter(status=ProductStatus.LISTED, words__isnull=True)
    keys = list(wordless.order_by("pk").values_list("pk", flat=True)[:BATCH])
    keep_all(keys)
    return bool(keys)


def shelf_changed(event: Any) -> None:
    """A brand or shelf has another name or place: its products, and those on shelves within, are found by it."""
    noun = event.name.partition(".")[0]
    if noun == "brand":
        rebuild(Product.objects.filter(brand__slug__startswith=event.subject))
    else:
        moved = [
            each.pk
            for root in shelves.tree()
            for shelf in root.walk()
            if shelf.slug[:40] == event.subject
            for each in shelf.walk()
        ]
        rebuild(Product.objects.filter(category__in=moved))


def lexemes(product: Product, ways: Ways) -> dict[str, str]:
    """Lexeme → where it stands: 1A in a name, 2B in what the product belongs to."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in filter(None, (product.name, product.name_ar)):
        read = folding.words(name)
        _add(found, _forms(read), "1A")
        _add(found, _signs(read), "")
    _add(found, _forms(_read(_belongs(product, ways))) | _packed(product), "2B")
    told = _forms(_read((product.description, product.vendor.name)))
    _add(found, (f"-{form}" for form in told if form not in found), "")
    _add(found, _codes(product), "")
    return {form: ",".join(sorted(marks - {""})) for form, marks in found.items()}


def literal(told: dict[str, str]) -> str | None:
    """Lexemes as PostgreSQL reads them; none for what is not on sale."""
    return " ".join(f"'{form}'{':' * bool(marks)}{marks}" for form, marks in told.items()) or None


def ways() -> Ways:
    """Category → its names and those of the shelves it stands in."""
    return {pk: names for root in shelves.tree() for pk, names in _within(root, ())}


def _within(shelf: shelves.Shelf, above: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    names = (shelf.name, shelf.name_ar, *above)
    yield shelf.pk, names
    for child in shelf.children:
        yield from _within(child, names)


def _with_their_words(rows: QuerySet[Product]) -> QuerySet[Any]:
    """Locked, with the lexemes they have now."""
    known = Func(F("words"), function="tsvector_to_array", output_field=ArrayField(CharField()))
    locked = rows.order_by("pk").select_for_update(no_key=True, of=("self",))
    return locked.annotate(known=known).select_related("brand", "category", "vendor")


def _add(found: dict[str, set[str]], forms: Iterable[str], mark: str) -> None:
    for form in forms:
        if len(form) <= LONGEST or form[0] in "=~":
            found[form].add(mark)


def _forms(read: Iterable[Read]) -> set[str]:
    return {form for word in read for form in (word.form, *word.also)}


def _read(texts: Iterable[str]) -> Iterable[Read]:
    return chain.from_iterable(map(folding.words, texts))


def _signs(read: Sequence[Read]) -> list[str]:
    bare = [word for word in read if not word.measures]
    first = [f"^{read[0].form}"] if read else []
    return [f"={whole(read)}", f"~{whole(bare)}", *first]


def whole(read: Iterable[Read]) -> str:
    """All words of a name, in no order."""
    return " ".join(sorted({word.form for word in read}))[:400]


def _belongs(product: Product, ways: Ways) -> tuple[str, ...]:
    """Names of its brand, its shelf and the shelves that stands in."""
    return (product.brand.name, product.brand.name_ar, *ways.get(product.category_id, ()))


def _packed(product: Product) -> set[str]:
    pieces = product.units_per_carton
    return {f"x{pieces}", str(pieces)} if pieces else set()


def _codes(product: Product) -> set[str]:
    codes = {folding.code(text) for text in (product.code, product.sku, product.gtin)}
    return {f"#{code}" for code in codes if code}


def _named(lexemes: Iterable[str]) -> set[str]:
    """The words among lexemes that are not in a description only."""
    return {lexeme for lexeme in lexemes if lexeme[0] not in f"{SIGNS}-"}


def _words(lexemes: Iterable[str]) -> set[str]:
    """The words among lexemes, wherever they stand."""
    return {lexeme.removeprefix("-") for lexeme in lexemes if lexeme[0] not in SIGNS}


def _changes(
    rows: list[Any], told: dict[int, dict[str, str]], read: Callable[[Any], set[str]]
) -> Counter[str]:
    """How many products more or less have each word."""
    changes: Counter[str] = Counter()
    for row in rows:
        before, after = read(row.known or ()), read(told[row.pk])
        changes.update(after - before)
        changes.subtract(before - after)
    return changes


def _count(rows: list[Any], told: dict[int, dict[str, str]], shelved: Ways) -> None:
    """Every word that a product gained or lost counts one more or less."""
    anywhere, named = _changes(rows, told, _words), _changes(rows, told, _named)
    moved = sorted(form for form in {*anywhere, *named} if anywhere[form] or named[form])
    if moved:
        written = _written(rows, shelved)
        columns = (
            moved,
            [written.get(form, form)[:LONGEST] for form in moved],
            [anywhere[form] for form in moved],
            [named[form] for form in moved],
            [" ".join(sorted(near(form))) for form in moved],
        )
        with connection.cursor() as cursor:
            cursor.execute(COUNT, columns)


def _written(rows: list[Any], ways: Ways) -> dict[str, str]:
    """Each form as somebody wrote it."""
    texts = (
        text
        for row in rows
        for text in (row.description, row.vendor.name, *_belongs(row, ways), row.name_ar, row.name)
    )
    return {word.form: word.written for word in _read(texts)}


def _write(told: dict[int, dict[str, str]]) -> None:
    if told:
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(told), [literal(each) for each in told.values()]])
