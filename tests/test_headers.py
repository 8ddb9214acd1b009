"""What every answer tells the browser: walked over every route, the Admin and the error pages included."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from tests import doors
from tests.edge.asks import ACCOUNTS, DESK
from tests.stage import PEOPLE, Stage, undone

FRAMED = "/deliveries/"  # a photo is shown in the page of its order
LOOKS = (
    "/theme/",
    "/i18n/setlang/",
)  # change only how pages look; guarded by where the browser says it comes from
STRICT = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def walk(stage: Stage, wanted: str = "GET") -> list[tuple[str, str, Any]]:
    """Everybody who is let in or turned away, at every page, desk and sign-in page."""
    found = []
    for line in doors.PAGES.strip().splitlines():
        method, path, *answers = line.split()
        seen: set[str] = set()
        for who, answer in zip(PEOPLE, answers, strict=True):
            if method == wanted and answer not in seen:
                seen.add(answer)
                found.append((who, path.format(**stage.names)))
    found += [("sara", path) for path in DESK] + [("anonymous", path) for path in (*ACCOUNTS, "/nothing/")]
    told: list[tuple[str, str, Any]] = []
    for who, path in found:
        with undone():
            told.append((who, path, stage.browser(who).generic(wanted, path)))
    return told


class Inline(HTMLParser):
    """Scripts, styles and handlers that stand in the page itself, and links that are scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        data = facts.get("type", "") in ("application/json", "application/ld+json")
        if (tag == "script" and "src" not in facts and not data) or tag == "style":
            self.found.append(tag)
        self.found += [name for name in facts if name.startswith("on") or name == "style"]
        self.found += [
            value
            for value in facts.values()
            if value.strip().lower().startswith(("javascript:", "vbscript:"))
        ]


def wrong_with(who: str, path: str, answer: Any) -> list[str]:
    """What is missing from the headers of one answer."""
    policy = {part.strip() for part in answer.get("Content-Security-Policy", "").split(";")}
    private = who != "anonymous" and not path.startswith(("/media/", "/driver/sw.js", "/driver/manifest"))
    page = answer.get("Content-Type", "").startswith("text/html")
    checks = {
        "policy": policy >= STRICT or "default-src 'none'" in policy,
        "inline": not page or "unsafe" not in str(policy),
        "sniffing": answer.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.get("Referrer-Policy") == "same-origin",
        "opener": answer.get("Cross-Origin-Opener-Policy") == "same-origin",
        "embedding": answer.get("Cross-Origin-Resource-Policy") in ("same-origin", "cross-origin"),
        "frames": answer.get("X-Frame-Options") == "DENY" or path.startswith(FRAMED),
        "devices": "camera=()" in answer.get("Permissions-Policy", ""),
        "request id": bool(answer.get("X-Request-ID")),
        "cache": not private or "no-" in answer.get("Cache-Control", "") or answer.status_code in (404, 405),
        "server": "Server" not in answer and "X-Powered-By" not in answer,
    }
    return [f"{path} as {who} ({answer.status_code}): {name}" for name, good in checks.items() if not good]


def test_every_answer_closes_every_door(stage: Stage) -> None:
    wrong = []
    for who, path, answer in walk(stage):
        wrong += wrong_with(who, path, answer)
        if answer.get("Content-Type", "").startswith("text/html"):
            page = Inline()
            page.feed(answer.content.decode())
            wrong += [f"{path} as {who}: inline {what}" for what in page.found]
    assert not wrong, "\n".join(wrong)


def test_the_api_and_its_documentation_too(stage: Stage) -> None:
    wrong = []
    for path in ("/products", "/nothing", "/openapi.json", "/docs", "/auth/me", "/orders"):
        answer = stage.api("fatima").get(path)
        wrong += wrong_with(
            "fatima" if path in ("/auth/me", "/orders") else "anonymous", f"/api{path}", answer
        )
    assert not wrong, "\n".join(wrong)


def test_a_style_of_our_own_is_closed_too(client: Client) -> None:
    for path in ("/static/css/aqad.css", "/static/js/aqad.js"):
        answer = client.get(path)
        assert not [
            line
            for line in wrong_with("anonymous", path, answer)
            if not line.endswith(("request id", "frames"))
        ]


def test_a_page_that_breaks_the_rules_is_seen() -> None:
    page = Inline()
    page.feed('<p style="x" onclick="y"><script>1</script><a href=" JavaScript:1">z</a><style></style></p>')
    assert page.found == ["style", "onclick", "script", " JavaScript:1", "style"] or len(page.found) == 5


def test_no_form_is_taken_without_its_token(stage: Stage) -> None:
    wrong = []
    posts = [line.split() for line in doors.PAGES.strip().splitlines() if line.startswith("POST")]
    cases = [
        (path.format(**stage.names), "fatima" if "40" in answers[3] else "ahmed")
        for _m, path, *answers in posts
    ]
    cases += [(path, "sara") for path in DESK] + [(path, "anonymous") for path in ACCOUNTS]
    for path, who in cases:
        if path in LOOKS:
            continue
        client = stage.browser(who)
        client.handler.enforce_csrf_checks = True
        with undone():
            answer = client.post(path)
        client.handler.enforce_csrf_checks = False
        if answer.status_code != 403 or b"This page was open for too long" not in answer.content:
            wrong.append(f"{path} as {who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", LOOKS)
@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://[evil"},  # no address at all
    ],
)
def test_how_pages_look_is_chosen_from_our_own_pages(
    client: Client, db: None, path: str, header: dict[str, str]
) -> None:
    form = {"theme": "dark", "language": "ar", "next": "/"}
    refused = client.post(path, form, headers=header)
    assert refused.status_code == 403
    assert not {"aqad-theme", "aqad-language"} & set(refused.cookies)
    assert client.post(path, form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG"])
def test_methods_nobody_listens_to_are_405(client: Client, method: str, db: None) -> None:
    for path in ("/", "/api/products", "/api/no-such-path", "/accounts/login/", "/health/live"):
        answer = client.generic(method, path, HTTP_X_SECRET="echo-me")
        assert answer.status_code == 405
        assert b"echo-me" not in answer.content


@pytest.mark.django_db
def test_programs_are_refused_over_plain_http_where_pages_are_led_on(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    login = {"email": "a@b.example", "password": "x"}
    for path in ("/api/auth/login", "/api/auth/login/", "/api/no-such-path"):
        plain = Client().post(path, login, content_type="application/json")
        assert (plain.status_code, plain.json()["code"]) == (403, "https_required"), path
    assert (
        Client().post("/api/auth/login", login, content_type="application/json", secure=True).status_code
        == 401
    )
    assert Client().get("/catalog/").status_code == 301
