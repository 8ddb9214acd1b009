"""The table of guards speaks of the code as it is. Taking each away is `make guards`."""

from __future__ import annotations

import pytest

from local.place import ROOT
from tests.guards.table import GUARDS, Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_stands_where_the_table_says(guard: Guard) -> None:
    assert guard.old in (ROOT / guard.file).read_text()
    assert guard.old != guard.new
    for word in guard.tests.split(" -k ")[0].split():
        assert (ROOT / word).exists(), word


def test_there_are_enough_of_them() -> None:
    assert len(GUARDS) >= 40
