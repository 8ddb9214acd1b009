"""A fresh bank and a fresh shop for each test; one standing bank for what it refuses without a trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.tests.world import RunningBank, Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def standing_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBank]:
    shop = Shop()
    bank = RunningBank(tmp_path_factory.mktemp("standing") / "bank.sqlite3", shop).start()
    yield bank
    bank.stop(kill=True)
    shop.close()


@pytest.fixture
def bank(tmp_path: Path, shop: Shop) -> Iterator[RunningBank]:
    bank = RunningBank(tmp_path / "bank" / "bank.sqlite3", shop).start()
    yield bank
    bank.stop(kill=True)
