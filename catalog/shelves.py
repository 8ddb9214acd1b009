"""Categories as a tree, and brands, read at once: there are hundreds, never millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache as once
from functools import cached_property

from django.utils.translation import get_language

from catalog import cache
from catalog.models import Brand, Category
from core.slots import Sql
from vendors.models import Vendor


@dataclass(frozen=True)
class Shelf:
    """A category with the categories in it, whatever their depth."""

    pk: int
    slug: str
    name: str
    name_ar: str
    parent: str | None
    depth: int
    children: tuple[Shelf, ...]

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_ar if get_language() == "ar" and self.name_ar else self.name

    def walk(self) -> Iterator[Shelf]:
        """This shelf and all in it, from top to bottom."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Tree:
    """All shelves."""

    roots: tuple[Shelf, ...]

    @cached_property
    def known(self) -> dict[str | None, Shelf]:
        """Slug → shelf."""
        return {each.slug: each for root in self.roots for each in root.walk()}

    @cached_property
    def by_key(self) -> dict[int, Shelf]:
        """The same by key, each after the one it stands in."""
        return {each.pk: each for each in self.known.values()}


def tree() -> tuple[Shelf, ...]:
    """The shelves that stand in no other, with everything in them."""
    return _tree().roots


def known() -> dict[int, Shelf]:
    """All shelves by key, each after the one it stands in."""
    return _tree().by_key


def _tree() -> Tree:
    return cache.remembered(cache.SHELVES, "tree of shelves", lambda: Tree(_read()), cache.LONG)


def makers(among: Iterable[int] = ()) -> dict[int, Brand]:
    """All brands by key, in the order of their names; read anew where one `among` them has just come."""
    known = cache.remembered(cache.SHELVES, "makers", _makers, cache.LONG)
    return known if known.keys() >= {*among} else _makers()


def sellers(among: Iterable[str] = ()) -> dict[str, str]:
    """The names of all vendors by their readable ids; read anew where one `among` them has just come."""
    known = cache.remembered(cache.SHELVES, "vendors", _sellers, cache.BRIEF, shared=False)
    return known if known.keys() >= {*among} else _sellers()


def _makers() -> dict[int, Brand]:
    return {brand.pk: brand for brand in Brand.objects.all()}


def _sellers() -> dict[str, str]:
    return dict(_of_sellers().asked({}, Vendor.objects.all().db))


@once
def _of_sellers() -> Sql:
    """Put into SQL once."""
    return Sql.of(Vendor.objects.order_by().values_list("pk", "business__name"))


def shelf(slug: str) -> Shelf | None:
    """The shelf of this slug."""
    return _tree().known.get(slug) if slug else None


def path_to(slug: str) -> list[Shelf]:
    """The way from the outermost shelf to this one."""
    known, way = _tree().known, list[Shelf]()
    at = known.get(slug)
    while at is not None:
        way.insert(0, at)
        at = known.get(at.parent)
    return way


def _read() -> tuple[Shelf, ...]:
    within: dict[int | None, list[Category]] = {}
    for row in Category.objects.all():
        within.setdefault(row.parent_id, []).append(row)
    return _stand(within, None, 0)


def _stand(
    within: dict[int | None, list[Category]], parent: Category | None, depth: int
) -> tuple[Shelf, ...]:
    return tuple(
        Shelf(
            pk=row.pk,
            slug=row.slug,
            name=row.name,
            name_ar=row.name_ar,
            parent=parent.slug if parent else None,
            depth=depth,
            children=_stand(within, row, depth + 1),
        )
        for row in within.get(parent.pk if parent else None, [])
    )
