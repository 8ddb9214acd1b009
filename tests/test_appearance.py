"""Light and dark, and the style guide that shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ours
from django.test import Client

from core.templatetags import aqad as tags
from tests.cast import Cast

pytestmark = pytest.mark.django_db
COMPONENTS = Path(ours.BASE_DIR) / "templates" / "components"


def opening(client: Client, path: str = "/catalog/") -> str:
    """The first line of a page, and what it says of its colours."""
    return client.get(path).content.decode().partition("<title>")[0]


def test_the_device_decides_until_somebody_chooses(client: Client) -> None:
    head = opening(client)
    assert "data-theme" not in head
    assert 'name="color-scheme" content="light dark"' in head


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_in_the_page_itself(client: Client, theme: str) -> None:
    answer = client.post("/theme/", {"theme": theme, "next": "/catalog/?search=tea"})
    assert answer["Location"] == "/catalog/?search=tea"
    head = opening(client)
    assert f'data-theme="{theme}"' in head
    assert f'name="color-scheme" content="{theme}"' in head


def test_back_to_what_the_device_says(client: Client) -> None:
    for theme in ("dark", "system"):
        client.post("/theme/", {"theme": theme})
    assert "data-theme" not in opening(client)


def test_a_theme_that_is_none_is_refused_and_a_strange_cookie_ignored(client: Client) -> None:
    assert client.post("/theme/", {"theme": 'x" onload="x'}).status_code == 400
    client.cookies["aqad-theme"] = "night"
    assert "data-theme" not in opening(client)


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_choosing_leads_to_no_other_site(client: Client, away: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": away})["Location"] == "/"


def test_the_language_switch_stays_on_the_page(client: Client) -> None:
    page = client.get("/catalog/?search=tea&sort=price").content.decode()
    assert page.count('name="next" value="/catalog/?search=tea&amp;sort=price"') == 1
    assert page.count('form="choices" name="language"') >= 2


def test_production_has_no_style_guide(client: Client, settings: Any) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEMO = True
    assert client.get("/styleguide/").status_code == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_style_guide_shows_every_component(client: Client, settings: Any, language: str) -> None:
    settings.DEMO = True
    answer = client.get("/styleguide/", headers={"Accept-Language": language})
    shown = {str(template.name) for template in answer.templates}
    missing = {f"components/{path.name}" for path in COMPONENTS.glob("*.html")} - shown
    assert not missing


def test_the_style_guide_names_every_tag_and_filter() -> None:
    guide = "".join(path.read_text() for path in (COMPONENTS.parent / "styleguide").glob("*.html"))
    used = guide + "".join(path.read_text() for path in COMPONENTS.glob("*.html"))
    assert not [name for name in (*tags.register.tags, *tags.register.filters) if name not in used]


def test_a_message_floats_and_can_be_sent_away_without_javascript(client: Client, settings: Any) -> None:
    settings.DEMO = True
    page = client.get("/styleguide/?toast=error").content.decode()
    first = page[page.index('<div id="toasts"') :]
    assert first.index("Only 40 of Pepsi 330ml are left.") < first.index("<h1")
    assert first.index("<summary") < first.index("</details>")


def test_a_link_to_a_product_is_shown_with_its_name(cast: Cast, settings: Any) -> None:
    settings.SITE_URL = "https://market.example"
    head = Client().get(cast.pepsi.get_absolute_url()).content.decode().partition("<body")[0]
    assert f'property="og:title" content="{cast.pepsi.name}"' in head
    assert 'property="og:image" content="https://market.example/static/img/card.png"' in head
