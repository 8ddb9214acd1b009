"""Notifications, row by row."""

from __future__ import annotations

import pytest

from tests.cast import Api, Cast, workers_run
from tests.contract.rows import row
from tests.contract.shapes import NOTE, TIME, data, fits, refused
from tests.contract.shapes import rows as listed

pytestmark = pytest.mark.django_db


@row("GET /api/notifications", "POST /api/notifications/{note}/read")
def test_get_api_notifications_and_post_read(cast: Cast) -> None:
    cast.order(1)
    workers_run()
    fatima = Api(cast.fatima)
    [note] = listed(fatima.get("/notifications"), NOTE)
    assert (note["title"], note["read_at"]) == ("Order Successfully Created", None)
    assert fatima.get("/auth/me").json()["data"]["notifications"] == 1
    refused(Api(cast.ahmed).post(f"/notifications/{note['id']}/read"), 404, "not_found")
    data(fatima.post(f"/notifications/{note['id']}/read"), 200, lambda told: told is None)
    fits(fatima.get("/notifications").json()["data"][0]["read_at"], TIME)
    assert fatima.get("/auth/me").json()["data"]["notifications"] == 0
    refused(Api().get("/notifications"), 401, "unauthorized")
