"""The demo market, for the tests that look at the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from aqad import demo


@pytest.fixture(scope="module")
def whole_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo, loaded once for a module and undone after it; answers where its pictures are."""
    public = tmp_path_factory.mktemp("public")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=public):
            demo.load()
        yield public
        transaction.set_rollback(True)
