"""Looking changes nothing: every route by GET, HEAD and OPTIONS, and a method asked for in a header."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import Product
from tests import doors
from tests.edge.asks import ACCOUNTS, DESK
from tests.stage import PEOPLE, Stage

# Opening the payment page opens, or finds, the gateway's session: the same one however often (docs/payments.md).
OPENS = "/payments/PAY"
PASSING = {"django_session"}
ENTERS = {"200", "302", "400", "409"}


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def rows() -> dict[str, str]:
    """A fingerprint of every table."""
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - PASSING)
    with connection.cursor() as cursor:
        parts = " UNION ALL ".join(
            f"SELECT '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM \"{table}\" t"
            for table in tables
        )
        cursor.execute(parts)
        return dict(cursor.fetchall())


def looks(stage: Stage) -> list[tuple[str, str]]:
    """Who looks where: one of each answer at every page, desk and sign-in page."""
    found = []
    for line in doors.PAGES.strip().splitlines():
        _method, path, *answers = line.split()
        who = [name for name, answer in zip(PEOPLE, answers, strict=True) if answer in ENTERS][:2]
        found += [(name, path.format(**stage.names)) for name in who if not path.startswith("/payments/{")]
    return found + [("sara", path) for path in DESK] + [("fatima", path) for path in ACCOUNTS]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_every_page_changes_no_row(stage: Stage, method: str) -> None:
    stage.browser("fatima").get("/accounts/email/")  # allauth writes down an address that a factory left out
    before = rows()
    for who, path in looks(stage):
        stage.browser(who).generic(method, path)
    assert rows() == before


def test_looking_through_the_api_changes_no_row(stage: Stage) -> None:
    before = rows()
    for line in doors.API.strip().splitlines():
        _method, path, *_answers = line.split()
        for method in ("GET", "HEAD", "OPTIONS"):
            stage.api("ahmed").call(method, path.format(**stage.names))
    assert rows() == before


def test_the_rows_tell_of_a_change(stage: Stage) -> None:
    """The control."""
    before = rows()
    Product.objects.filter(pk=stage.pepsi.pk).update(name="Mirinda")
    assert {table for table, now in rows().items() if before[table] != now} == {"catalog_product"}


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_asked_for_in_a_header_is_not_meant(stage: Stage, name: str) -> None:
    path = f"/products/{stage.pepsi.code}"
    assert stage.api("ahmed").call("GET", path, **{name: "DELETE"}).status_code == 200
    assert (
        stage.api("ahmed").call("POST", f"{path}?_method=DELETE", {}, **{name: "DELETE"}).status_code == 405
    )
    assert Product.objects.get(pk=stage.pepsi.pk).status == stage.pepsi.status
