"""No row without a test, and none in the docs that is not so."""

from __future__ import annotations

from tests.contract.rows import PAGE, ROWS, collected, written

PROMISED = [name for rows in ROWS.values() for name in rows]


def test_every_row_has_a_test() -> None:
    assert [name for name in PROMISED if not collected().get(name)] == []


def test_every_test_stands_for_a_row_there_is() -> None:
    assert set(collected()) <= set(PROMISED)


def test_the_table_in_the_docs_is_current() -> None:
    assert PAGE.read_text() == written(), "Please run: python -m tests.contract"
