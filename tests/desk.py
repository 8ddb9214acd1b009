"""Sara's desk as tests sit at it: her browser, and what stands on a page of hers."""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.stage import Stage


@pytest.fixture
def desk(cast: Cast) -> Client:
    """Sara in Django Admin."""
    client = Client()
    client.force_login(cast.sara)
    return client


@pytest.fixture
def stage(db: None) -> Stage:
    """The story half-way."""
    return Stage()


def of(stage: Stage) -> Client:
    """The desk of that story's Sara."""
    client = Client()
    client.force_login(stage.sara)
    return client


def page(desk: Client, path: str) -> str:
    """What Sara sees there."""
    answer = desk.get(path, follow=True)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def listed(desk: Client, url: str) -> set[str]:
    """The first cells of a list: the codes, or whatever stands there."""
    answer = desk.get(url)
    assert answer.status_code == 200, f"{answer.status_code} {url}"
    return {getattr(row, "code", str(row.pk)) for row in answer.context["cl"].result_list}


def questions(desk: Client, path: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page(desk, path)
    return len(seen)
