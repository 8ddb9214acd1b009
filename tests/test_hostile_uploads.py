"""Hostile files sent to every door that takes one: nothing active is kept, nothing is written outside the store, and
what is handed out again can't run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.files import Checked
from core.tests import hostile
from core.tests.hostile import MARK, SCRIPT, Hostile
from core.tests.papers import pdf, sent
from tests.cast import Cast
from tests.stage import Stage, undone
from vendors import actions
from vendors.models import Document

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]
NAME = re.compile(r"[0-9a-f]{32}(_\w+|-\d+)?\.(pdf|jpe?g|png|webp|csv|xlsx)")


@pytest.fixture
def stage(db: None, settings: Any) -> Stage:
    settings.RATELIMIT_ENABLE = False
    made = Stage()
    made.sign_in()
    return made


def _send(client: Client, path: str, field: str, file: Hostile, **more: str) -> Any:
    upload = SimpleUploadedFile("x", file.body, "image/png")
    upload._name = file.name.encode("utf-8", "replace").decode()  # type: ignore[attr-defined]
    return client.post(path, {field: upload, **more})


def _doors(stage: Stage) -> list[tuple[str, str, str, dict[str, str], list[Hostile]]]:
    return [
        ("ahmed", "/vendor/documents/", "file", {"kind": "trade_license"}, hostile.papers()),
        ("ahmed", f"/vendor/products/{stage.pepsi.code}/images/", "images", {}, hostile.pictures()),
        ("ahmed", "/vendor/products/import/", "file", {}, hostile.tables()),
        ("fatima", "/quick-order/", "file", {"do": "file"}, hostile.tables()),
    ]  # fmt: skip


def _kept() -> dict[Path, bytes]:
    roots = (Path(settings.MEDIA_ROOT), Path(storages["private"].path("")))
    return {path: path.read_bytes() for root in roots for path in root.rglob("*") if path.is_file()}


def test_no_door_keeps_one_as_it_came(stage: Stage, tmp_path: Path) -> None:
    before, wrong = _kept(), []
    outside = {path for path in tmp_path.parent.glob("*") if path.is_dir()}
    for who, path, field, more, cases in _doors(stage):
        for file in cases:
            with undone():
                answer = _send(stage.browser(who), path, field, file, **more)
            if answer.status_code >= 500 or b"Traceback" in answer.content:
                wrong.append(f"{file.why} to {path}: {answer.status_code}")
    new = {path: body for path, body in _kept().items() if path not in before}
    wrong += [str(path) for path in new if not NAME.fullmatch(path.name)]
    wrong += [str(path) for path, body in new.items() if MARK in body or SCRIPT in body]
    assert not wrong, "\n".join(wrong)
    assert new, "the control: those that decode are kept, drawn anew"
    assert {path for path in tmp_path.parent.glob("*") if path.is_dir()} == outside
    assert not Path("/tmp/mark-of-a-stranger").exists()


def test_a_link_to_a_paper_is_one_persons_for_a_minute(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    address = stage.paper.get_absolute_url()
    link = stage.browser("ahmed").get(address)["Location"]
    assert stage.browser("ahmed").get(link).status_code == 200
    refused = stage.browser("sara").get(link)
    assert refused.status_code == 403, "another person's link"
    assert "This link no longer works." in refused.content.decode()
    assert stage.browser("yusuf").get(link).status_code == 404
    assert stage.browser("anonymous").get(link).status_code == 302
    assert stage.browser("ahmed").get(f"{address}?link=nonsense").status_code == 403
    other = signing.dumps(["/vendor/documents/another/", str(stage.ahmed.pk)], salt="core.links")
    assert stage.browser("ahmed").get(f"{address}?link={other}").status_code == 403, "another file's link"
    now = signing.time.time()  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: now + 61)  # type: ignore[attr-defined]
    assert stage.browser("ahmed").get(link).status_code == 403, "a minute later"


def test_what_is_handed_out_cannot_run(stage: Stage) -> None:
    answer: Any = stage.browser("ahmed").get(stage.paper.get_absolute_url(), follow=True)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "../../etc/passwd", "a.webp/../../x.html", ".webp\0.html"]
)
def test_the_public_folder_hands_out_pictures_alone(stage: Stage, name: str) -> None:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.html").write_bytes(SCRIPT)
    (folder / "a.svg").write_bytes(SCRIPT)
    assert stage.browser("anonymous").get(f"/media/{name}").status_code in (400, 404)


def _papers(cast: Cast, count: int, size: int = 1000) -> None:
    for _ in range(count):
        kept = Checked(b"%PDF-1.4 %%EOF", "application/pdf")
        paper = Document(
            vendor=cast.ahmed_foods, status="replaced", kind="trade_license", name="a.pdf", media_type=kept.media_type,
            size=size, sha256=kept.sha256,
        )  # fmt: skip
        kept.keep_in(paper.file)
        paper.save()
        paper.LIFECYCLE.begin(paper, cast.ahmed, name="upload")


def _sent_paper(cast: Cast) -> int:
    client = Client()
    client.force_login(cast.ahmed)
    paper = {"kind": "vat_certificate", "file": sent("vat.pdf", pdf(), "application/pdf")}
    client.post("/vendor/documents/", paper)
    return cast.ahmed_foods.documents.count()


def test_a_vendor_keeps_at_most_twenty_papers(cast: Cast) -> None:
    _papers(cast, actions.MOST_PAPERS - 1)
    assert _sent_paper(cast) == actions.MOST_PAPERS
    before = _kept()
    assert _sent_paper(cast) == actions.MOST_PAPERS
    assert _kept().keys() == before.keys(), "the file of a refused paper is not left behind"


def test_a_vendor_keeps_at_most_a_hundred_mebibytes(cast: Cast) -> None:
    _papers(cast, 1, actions.LARGEST_PAPERS)
    assert _sent_paper(cast) == 1
