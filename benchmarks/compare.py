"""`python -m benchmarks.compare`: AQAD beside django-oscar and a least Django project, in turns, in one run.

Builds the catalogue at 10,000, 100,000 and a million products (`--sizes`), prints a table of goals and figures, and
keeps it as JSON (`--json`). `--quick` is the same in less than three minutes, at 10,000 alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import reads, rivals, storm
from benchmarks.ground import servers, web
from local.place import BUILD

FIRST = 10_000


@dataclass
class Figure:
    """A line of the table; `goal` is the least ratio, or the most where `most` says so."""

    name: str
    ours: str
    beside: str
    ratio: float
    goal: float
    most: bool = False

    @property
    def met(self) -> bool:
        return self.ratio <= self.goal if self.most else self.ratio >= self.goal


class Progress:
    """A bar on the terminal."""

    def __init__(self, steps: int) -> None:
        self.steps, self.done, self.began = steps, 0, time.monotonic()

    def step(self, what: str) -> None:
        self.done += 1
        bar = ("#" * (30 * self.done // self.steps)).ljust(30, ".")
        took = time.monotonic() - self.began
        print(f"\r[{bar}] {took:4.0f} s  {what:<44}", end="", file=sys.stderr, flush=True)


def turns(rounds: int, *each: Callable[[], float]) -> list[float]:
    """A B A B …: the middle of what each gave."""
    gave = [[one() for one in each] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*gave, strict=True)]


class Comparison:
    """One run over one pair of servers."""

    def __init__(self, folder: Path, seconds: float, rounds: int, at_the_end: ExitStack) -> None:
        from benchmarks.catalogue import fill
        from local import prepare

        self.folder, self.seconds, self.rounds = folder, seconds, rounds
        self.figures: list[Figure] = []
        self.failed: dict[str, Exception] = {}
        self.progress = Progress(16)
        prepare.front_end()
        prepare.collect(os.environ)
        fill(FIRST)
        rivals.database("plain")
        rivals.database("oscar")
        rivals.fill_plain(1, 1)
        self.facts: dict[str, Any] = rivals.oscar(FIRST, storm.BUYERS)
        self.progress.step("catalogues")
        self.port = at_the_end.enter_context(web("aqad.wsgi:application", folder))
        self.oscar = at_the_end.enter_context(rivals.oscar_web(folder))
        self.plain = at_the_end.enter_context(rivals.plain_web(folder))

    def part(self, name: str, *facts: Any) -> None:
        """Measure one part; should it fail, the others are measured all the same."""
        try:
            getattr(self, name)(*facts)
        except Exception as problem:
            self.failed[name] = problem
            traceback.print_exc()

    def reading(self) -> None:
        """The whole way, beside django-oscar; its search twice, by a stub that costs nothing and by an engine."""
        for name, goal in (("listing", 50), ("search", 20), ("detail", 8)):
            self._read(name, f"{name}, the whole way, 10k, beside oscar", self.oscar, goal, self.seconds)
        with rivals.oscar_web(self.folder, **rivals.engine()) as port:
            self._read("search", "the same beside oscar with its shop's engine", port, 20, 8.0)

    def _read(self, kind: str, name: str, rival: int, goal: float, seconds: float) -> None:
        ours = getattr(reads.of_aqad(), kind)
        theirs = getattr(reads.of_oscar(self.facts["urls"], FIRST), kind)
        reads.warm(self.port, ours, reads.WHOLE)
        reads.warm(rival, theirs, {})
        mine, other = turns(
            self.rounds,
            partial(reads.rate, self.port, ours, self.seconds, reads.WHOLE),
            partial(reads.rate, rival, theirs, seconds, {}),
        )
        self._note(name, mine, other, goal)

    def ready(self) -> None:
        """From memory, beside the least page and the least JSON of the same size."""
        detail = reads.of_aqad().detail[0]
        for path, like, goal in (
            ("/catalog/", "page", 0.5), (detail, "page", 0.5), ("/api/products", "rows", 0.6),
            (f"/api/products/{detail.split('/')[2].partition('-')[0]}", "rows", 0.0),
        ):  # fmt: skip
            size = reads.size(self.port, path)
            mine, other = turns(
                self.rounds,
                lambda path=path: reads.ready(self.port, path, self.seconds),
                lambda like=like, size=size: reads.ready(self.plain, f"/{like}/{size}", self.seconds),
            )
            self._note(f"{path[:24]} ready, {size // 1000} kB, beside least {like}", mine, other, goal)

    def ordering(self) -> None:
        """Sixteen buyers, one product and many, beside three statements of the ORM and django-oscar."""
        aqad, seconds = storm.Aqad(), self.seconds * 2
        hot, many = aqad.goods(1, 10_000_000), aqad.shelves(storm.SPREAD)
        aqad.storm(self.port, hot, 64, 10)
        storm.plain(self.plain, 1, 64, 10)
        for name, keys in (("hot", hot), ("spread", many)):
            mine, other = turns(
                self.rounds,
                lambda keys=keys: aqad.storm(self.port, keys, 0, seconds).rate,
                lambda keys=keys: storm.plain(self.plain, len(keys), 0, seconds).rate,
            )
            self._note(f"orders, {name}, beside three ORM statements", mine, other, 0.3)
        self._selling_out(aqad)
        floor = storm.floor(1, max(2, round(self.seconds)))
        if floor:
            self._note("three ORM statements, hot, of the database's floor", other, floor, 0.0)

    def _selling_out(self, aqad: storm.Aqad) -> None:
        """Twice as many attempts as units: exactly all are sold, and nobody else's promise is broken."""
        units = storm.UNITS if self.rounds > 1 else storm.UNITS // 10
        mine, other = [], []
        for _ in range(self.rounds):
            mine.append(aqad.storm(self.port, aqad.goods(1, units), 2 * units, 120))
            other.append(storm.oscar(self.oscar, self.facts["sessions"], self.facts["first"], units))
        ours, theirs = (statistics.median(each.rate for each in side) for side in (mine, other))
        self._note("orders of a product that sells out, beside oscar", ours, theirs, 6)
        sold, told = (", ".join(f"{each.accepted}+{each.refused}" for each in side) for side in (mine, other))
        off = sum(abs(each.accepted - units) + abs(each.sold - units) for each in mine)
        name = f"of {units} units sold + refused: off by"
        self._tell(Figure(name, sold, told, off, 0, most=True))

    def visible(self) -> None:
        """How long a change takes to be seen everywhere."""
        seconds = reads.visible(self.port)
        self.figures.append(
            Figure("a change of price is seen, s", f"{seconds:.2f}", "", seconds, 1.0, most=True)
        )
        self.progress.step("a change is seen")

    def growing(self, sizes: list[int]) -> None:
        """How the time of one page grows with the catalogue: markets of each size side by side, asked in turns."""
        first, *others = sizes
        with ExitStack() as at_the_end:
            for size in others:
                port = at_the_end.enter_context(rivals.larger(size, self.folder))
                self.progress.step(f"{size:,} products")
                small, large = self._asked_for(first), self._asked_for(size)
                for name in small:
                    self._grown(f"{name}, {first:,} → {size:,} products, ms", port, small[name], large[name])

    def _asked_for(self, size: int) -> dict[str, list[str]]:
        """Pages of each kind; a product is the same in a catalogue of any size."""
        from benchmarks.catalogue import FIRST as START

        deep = START + size // 20
        return {
            "listing": [f"/catalog/?max_price={500 + n}" for n in range(40)],
            "detail": reads.of_aqad().detail[:40],
            "deep cursor": [f"/catalog/?cursor={reads.cursor(deep + n)}" for n in range(40)],
        }

    def _grown(self, name: str, port: int, small: list[str], large: list[str]) -> None:
        reads.middle(self.port, small[:5], reads.WHOLE)
        reads.middle(port, large[:5], reads.WHOLE)
        first, took = turns(
            2 * self.rounds + 1,
            partial(reads.middle, self.port, small, reads.WHOLE),
            partial(reads.middle, port, large, reads.WHOLE),
        )
        self._tell(Figure(name, f"{took:.1f}", f"{first:.1f}", took / first, 1.5, most=True))

    def _note(self, name: str, mine: float, other: float, goal: float) -> None:
        self._tell(Figure(name, f"{mine:,.0f}/s", f"{other:,.0f}/s", mine / other, goal))

    def _tell(self, figure: Figure) -> None:
        self.figures.append(figure)
        self.progress.step(figure.name)
        print(f"\r{line(figure)}", flush=True)


def table(figures: list[Figure]) -> str:
    """Goals and figures, one a line."""
    lines = [f"{'':<52} {'AQAD':>24} {'beside':>24} {'ratio':>8} {'goal':>8}"]
    return "\n".join([*lines, *map(line, figures)])


def line(figure: Figure) -> str:
    """A row of the table."""
    sign = "≤" if figure.most else "≥"
    goal = f"{sign} {figure.goal:g}" if figure.goal or figure.most else ""
    mark = "" if figure.met else "  missed"
    return f"{figure.name:<52} {figure.ours:>24} {figure.beside:>24} {figure.ratio:>8.2f} {goal:>8}{mark}"


def main() -> None:
    """Build, measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 products, one short round")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="how the catalogue grows")
    parser.add_argument("--parts", default="reading,ready,ordering,visible,growing")
    parser.add_argument(
        "--data", type=Path, default=None, help="where the servers' data is kept for another run"
    )
    parser.add_argument("--json", type=Path, default=BUILD / "bench.json")
    chosen = parser.parse_args()
    rounds, seconds = (1, 2.0) if chosen.quick else (2, 5.0)
    sizes = [int(size) for size in chosen.sizes.split(",")]
    with ExitStack() as at_the_end:
        folder = at_the_end.enter_context(servers(chosen.data))
        run = Comparison(folder, seconds, rounds, at_the_end)
        for part in chosen.parts.split(","):
            if part != "growing":
                run.part(part)
            elif not chosen.quick:
                run.part(part, sizes)
        print(f"\n{table(run.figures)}")
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(
            json.dumps([asdict(each) | {"met": each.met} for each in run.figures], indent=1)
        )
    sys.exit(bool(run.failed))


if __name__ == "__main__":
    main()
