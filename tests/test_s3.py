"""Pictures and documents in a real S3 store: pictures for everybody, documents for nobody without a signature."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import uuid
from typing import Any

import boto3
import pytest
from botocore.config import Config
from django.core.files.storage import storages
from django.test import Client
from PIL import Image as Pillow

from catalog.models import Image
from core import events
from core.tests.papers import drawn, pdf, sent
from local.swift import ACCESS_KEY, ACCOUNT, SECRET_KEY, Swift
from tests.cast import Api, Cast
from vendors.models import Document

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("s3")]

S3 = "storages.backends.s3.S3Storage"


class Store:
    """Two new buckets: `pictures` may be read by everybody, `papers` by nobody."""

    def __init__(self, server: Swift) -> None:
        self.server = server
        self.keys = {"endpoint_url": server.endpoint, "region_name": "us-east-1"}
        signed = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
        path_style = Config(s3={"addressing_style": "path"})
        self.client = boto3.client("s3", config=path_style, **self.keys, **signed)
        self.pictures, self.papers = (f"{name}-{uuid.uuid4().hex}" for name in ("pictures", "papers"))
        self.client.create_bucket(Bucket=self.pictures, ACL="public-read")
        self.client.create_bucket(Bucket=self.papers)

    def options(self, bucket: str, **more: Any) -> dict[str, Any]:
        signed = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "addressing_style": "path"}
        return {"bucket_name": bucket, "file_overwrite": False, **self.keys, **signed, **more}

    @property
    def storages(self) -> dict[str, Any]:
        """As the settings have them with AWS_STORAGE_BUCKET_NAME, each bucket under its public address."""
        host = self.server.endpoint.removeprefix("http://")
        public = {"custom_domain": f"{host}/v1/{ACCOUNT}/{self.pictures}", "url_protocol": "http:"}
        return {
            "default": {
                "BACKEND": S3,
                "OPTIONS": self.options(self.pictures, location="public", querystring_auth=False, **public),
            },
            "private": {
                "BACKEND": S3,
                "OPTIONS": self.options(self.papers, location="private", querystring_expire=60),
            },
        }

    def names(self, bucket: str) -> list[str]:
        """What lies in a bucket."""
        return [entry["Key"] for entry in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture
def store(s3: Swift, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Store:
    """In place of the disk; a column that named its storage as the models were read is told too."""
    made = Store(s3)
    settings.STORAGES = settings.STORAGES | made.storages
    monkeypatch.setattr(Document.file.field, "storage", storages["private"])
    return made


def fetch(url: str) -> tuple[int, bytes]:
    """What a stranger's browser gets."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, b""


def pictured(cast: Cast) -> dict[str, Any]:
    """Pepsi with one large picture, as the API tells it."""
    body = drawn("JPEG", (1600, 800))
    answer = Api(cast.ahmed).upload(
        f"/products/{cast.pepsi.code}/images", {"images": [sent("a.jpg", body, "image/jpeg")]}
    )
    assert answer.status_code == 201, answer.content
    image: dict[str, Any] = answer.json()["data"]["images"][0]
    return image


def test_a_picture_lies_in_the_bucket_in_every_size(store: Store, cast: Cast) -> None:
    pictured(cast)
    image = Image.objects.get()
    assert sorted(store.names(store.pictures)) == sorted(f"public/{name}" for name in image.names)
    assert len(image.names) == 3


def test_everybody_reads_a_picture_by_its_address(store: Store, cast: Cast) -> None:
    image = pictured(cast)
    assert image["url"].startswith(store.server.endpoint)
    for size in image["sizes"]:
        status, body = fetch(size["url"])
        assert (status, Pillow.open(io.BytesIO(body)).size) == (200, (size["width"], size["height"]))


def test_the_market_hands_a_picture_over_too(store: Store, cast: Cast) -> None:
    pictured(cast)
    answer: Any = Client().get(f"/media/{Image.objects.get().file.name}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert Client().get("/media/products/nothing.webp").status_code == 404


def test_a_picture_taken_down_leaves_the_bucket(store: Store, cast: Cast) -> None:
    pictured(cast)
    Api(cast.ahmed).call("DELETE", f"/products/{cast.pepsi.code}/images/1")
    assert len(store.names(store.pictures)) == 3
    events.relay()
    assert store.names(store.pictures) == []


def papers() -> dict[str, Any]:
    """A vendor who registers with two documents."""
    return {
        "name": "Nadia", "email": "nadia@new.example", "phone": "+971501234567", "password": "Karak-and-dates-7",
        "company_name": "New Vendor Trading", "trade_license": sent("licence.pdf", pdf(), "application/pdf"),
        "vat_certificate": sent("vat.pdf", pdf(), "application/pdf"),
    }  # fmt: skip


@pytest.fixture
def licence(store: Store, cast: Cast) -> Document:
    """Nadia's licence, as it lies in the bucket."""
    answer = Api().upload("/vendor/register", papers())
    assert answer.status_code == 201, answer.content
    found: Document = Document.objects.get(kind="trade_license")
    assert f"private/{found.file.name}" in store.names(store.papers)
    return found


def test_a_document_is_read_by_nobody_without_a_signature(store: Store, licence: Document) -> None:
    signed = storages["private"].url(licence.file.name)
    assert fetch(signed)[0] == 200
    bare, _, query = signed.partition("?")
    for url in (
        bare,
        f"{bare}?{query[:-4]}0000",
        f"{store.server.endpoint}/v1/{ACCOUNT}/{store.papers}/private/{licence.file.name}",
        f"{store.server.endpoint}/v1/{ACCOUNT}/{store.pictures}/private/{licence.file.name}",
    ):
        assert fetch(url)[0] in (400, 401, 403, 404), url


def test_a_document_is_handed_over_to_those_who_may_see_it(licence: Document, cast: Cast) -> None:
    staff = Client()
    staff.force_login(cast.sara)
    answer: Any = staff.get(f"/vendor/documents/{licence.pk}/", follow=True)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    stranger = Client()
    stranger.force_login(cast.ahmed)
    assert stranger.get(f"/vendor/documents/{licence.pk}/").status_code == 404


def test_a_store_that_is_away_is_told_and_nothing_is_half_done(
    store: Store, settings: Any, cast: Cast
) -> None:
    nowhere = store.storages["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9", "client_config": Config(
        connect_timeout=1, retries={"max_attempts": 0}, s3={"addressing_style": "path"},
    )}  # fmt: skip
    nowhere.pop("addressing_style")
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": S3, "OPTIONS": nowhere}}
    answer = Api(cast.ahmed).upload(
        f"/products/{cast.pepsi.code}/images", {"images": [sent("a.png", drawn(), "image/png")]}
    )
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "5")
    assert not Image.objects.exists()
