"""Whether pages and sweepers cost the same when the market has grown: `python -m benchmarks.growth 10000 1000000`.

Two markets of these many past orders stand side by side, each on a PostgreSQL of its own, and are asked in turns. A
vendor and a shop have as many orders in both; what staff and sweepers look at has all of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import ground, past, questions
from benchmarks.questions import Question

ROUNDS = 7
NEAR = 1.5  # the goal: at most so many times the smaller market's time
LONG_ENOUGH, MOST = 0.2, 40  # seconds for a question in a round, and times
WIDE = 52


def main(sizes: list[int], rounds: int, out: Path | None) -> None:
    """Build both, ask in turns, print the tables."""
    with ExitStack() as at_the_end:
        markets = [at_the_end.enter_context(_market(size)) for size in sizes]
        scans: list[dict[str, list[str]]] = [json.loads(_line(market)) for market in markets]
        told: list[list[dict[str, float]]] = [[] for _ in markets]
        for number in range(rounds):
            for market, answers in zip(markets, told, strict=True):
                answers.append(_asked(market, "ask"))
            print(f"  round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        grown = [[_asked(market, "grow")] for market in markets]
    facts = {"sizes": sizes, "milliseconds": _rows(told), "grows": _rows(grown), "scans": scans[-1]}
    _print(facts)
    if out:
        out.write_text(json.dumps(facts, indent=1))


def _market(size: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.growth", "--one", str(size)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _asked(market: subprocess.Popen[str], what: str) -> dict[str, float]:
    """One round: milliseconds of each question."""
    assert market.stdin
    print(what, file=market.stdin, flush=True)
    answer: dict[str, float] = json.loads(_line(market))
    return answer


def _line(market: subprocess.Popen[str]) -> str:
    assert market.stdout
    line = market.stdout.readline()
    if not line:
        sys.exit("A market ended by itself.")
    return line


def _rows(told: list[list[dict[str, float]]]) -> dict[str, list[float]]:
    names = told[0][0]
    return {name: [median(answer[name] for answer in answers) for answers in told] for name in names}


def _print(facts: dict[str, Any]) -> None:
    print(f"{'':<{WIDE}}" + "".join(f"{size:>14,}" for size in facts["sizes"]) + f"{'times':>9}")
    for name, times in facts["milliseconds"].items():
        mark = "" if times[-1] <= NEAR * times[0] else "  above the goal"
        print(_row(name, times) + mark)
    print("What looks at all that there is, or at all that was sold lately:")
    for name, times in facts["grows"].items():
        print(_row(name, times))
    print("Long tables that the first part walks through:")
    for name, tables in facts["scans"].items():
        print(f"  {name}: {', '.join(tables)}")
    if not facts["scans"]:
        print("  none")


def _row(name: str, times: list[float]) -> str:
    ratio = times[-1] / times[0]
    return f"{name:<{WIDE}}" + "".join(f"{each:>11.1f} ms" for each in times) + f"{ratio:>9.2f}"


def one(size: int) -> None:
    """A market that answers each line on its standard input with the times of all questions, and at last what grows."""
    with ground.servers():
        cast = past.build(size)
        asked = questions.every_day(cast, size)
        print(json.dumps(questions.scanning(asked)), flush=True)
        for line in sys.stdin:
            print(json.dumps(_timed(asked) if line == "ask\n" else _once(questions.growing())), flush=True)


def _timed(asked: dict[str, Question]) -> dict[str, float]:
    """Milliseconds of each, the best of as many as fit into `LONG_ENOUGH` seconds; two at least."""
    took = {}
    for name, question in asked.items():
        times, end = [_one_time(question)], time.perf_counter() + LONG_ENOUGH
        while len(times) < 2 or (time.perf_counter() < end and len(times) < MOST):
            times.append(_one_time(question))
        took[name] = round(min(times), 2)
    return took


def _once(asked: dict[str, Question]) -> dict[str, float]:
    return {name: round(_one_time(question), 2) for name, question in asked.items()}


def _one_time(question: Question) -> float:
    began = time.perf_counter()
    question()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 1_000_000])
    parser.add_argument("--one", type=int)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.one:
        one(given.one)
    else:
        main(given.sizes, given.rounds, given.out)
