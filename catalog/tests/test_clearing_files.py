"""A file that nobody confirms is not kept for ever."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from catalog import imports
from catalog.imports import KEPT
from catalog.models import ImportRun
from core.models import Event
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def sent(cast: Cast) -> ImportRun:
    """Ahmed sends a file and thinks about it."""
    client = Client()
    client.force_login(cast.ahmed)
    file = SimpleUploadedFile("prices.csv", f"code,price\n{cast.pepsi.code},31.00".encode(), "text/csv")
    client.post("/vendor/products/import/", {"file": file})
    return ImportRun.objects.latest("pk")


def aged(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).update(created_at=F("created_at") - KEPT)


def test_a_file_nobody_confirmed_in_a_week_is_dropped_and_taken_away(cast: Cast) -> None:
    run = sent(cast)
    aged(run)
    assert imports.clear() == 1
    run.refresh_from_db()
    assert (run.status, run.file.name) == ("dropped", "")
    assert Event.objects.filter(subject=run.code, name="import.drop", actor="AQAD").exists()
    assert imports.clear() == 0


def test_its_page_goes_on_telling_of_it(cast: Cast) -> None:
    run = sent(cast)
    kept = str(run.file.name)
    aged(run)
    imports.clear()
    client = Client()
    client.force_login(cast.ahmed)
    assert not storages["private"].exists(kept)
    assert client.get(run.get_absolute_url()).status_code == 200
    assert client.get(f"{run.get_absolute_url()}wrong-rows/").status_code == 404


def test_younger_files_and_confirmed_ones_stay(cast: Cast) -> None:
    young, confirmed = sent(cast), sent(cast)
    client = Client()
    client.force_login(cast.ahmed)
    client.post(f"{confirmed.get_absolute_url()}moves/begin/")
    aged(confirmed)
    assert imports.clear() == 0
    for run in (young, confirmed):
        run.refresh_from_db()
        assert storages["private"].exists(str(run.file.name))
