"""Every test begins with fresh limits; the real bank is there for those that pay."""

from __future__ import annotations

import pytest

from core.tests.papers import fresh_limits  # noqa: F401
from payments.tests.conftest import _bank_process, bank  # noqa: F401
from tests.stage import Stage


@pytest.fixture
def stage(db: None) -> Stage:
    """The story half-way: paid, ready, and given to Bilal, with everybody about."""
    return Stage()
