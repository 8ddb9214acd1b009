"""Files: what passes is drawn anew or left as it was, under a name that says nothing."""

from __future__ import annotations

import errno
import io
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import Image as Picture
from core import files
from core.errors import Away
from core.pdf import LARGEST_UNPACKED
from core.tests.papers import bomb, drawn, packed, pdf, sent

NAMES = ["../../etc/passwd.png", "Ahmed.png", "a\0b.png", "فاطمة.PNG", "x" * 300 + ".png", ".png.png"]


@pytest.mark.parametrize("name", NAMES)
def test_the_senders_name_never_reaches_a_path(name: str) -> None:
    upload = SimpleUploadedFile("a.png", drawn())
    upload._name = name  # type: ignore[attr-defined]
    column = Picture().file
    files.document(upload).keep_in(column)
    assert re.fullmatch(r"products/[0-9a-f]{32}\.png", str(column))


def test_two_equal_files_have_two_names() -> None:
    one, two = Picture().file, Picture().file
    checked = files.picture(sent("a.png", drawn()))
    checked.keep_in(one)
    checked.keep_in(two)
    assert str(one) != str(two)


def test_a_pdf_is_kept_byte_for_byte() -> None:
    checked = files.document(sent("licence.pdf", pdf()))
    assert (checked.body, checked.media_type) == (pdf(), "application/pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_scanned_document_loses_what_was_hidden_in_it(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "hidden camera"
    options: dict[str, Any] = (
        {"comment": b"hidden comment"} if kind == "JPEG" else {"icc_profile": b"hidden profile"}
    )
    body = drawn(kind, exif=exif, **options) + b"hidden after the end"
    checked = files.document(sent(f"a.{kind.lower()}", body))
    assert checked.media_type == f"image/{kind.lower()}"
    assert b"hidden" not in checked.body
    assert Image.open(io.BytesIO(checked.body)).size == (64, 48)


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    checked = files.picture(sent("a.jpg", drawn("JPEG", (60, 20), exif=exif)))
    assert (checked.width, checked.height) == (20, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_colour_mode_are_drawn(mode: str) -> None:
    out, kind = io.BytesIO(), "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (30, 20)).save(out, kind)
    assert files.picture(sent(f"a.{kind.lower()}", out.getvalue())).media_type == "image/webp"


def test_a_large_photo_is_made_smaller_in_proportion() -> None:
    checked = files.picture(sent("a.jpg", drawn("JPEG", (4000, 1000))))
    assert (checked.width, checked.height) == (1200, 300)


def test_a_picture_is_read_only_by_the_decoder_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    real = Image.open

    def opened(upload: Any, formats: Any = None) -> Any:
        asked.append(formats)
        return real(upload, formats=formats)

    monkeypatch.setattr("core.files.Pillow.open", opened)
    files.picture(sent("a.png", drawn()))
    assert asked == [["PNG"]]


def test_grey_of_sixteen_bits_keeps_its_shades() -> None:
    """As some scanners send it; cut off at eight bits all of it would be white."""
    out = io.BytesIO()
    Image.new("I;16", (30, 20), 0x8000).save(out, "PNG")
    kept = Image.open(io.BytesIO(files.document(sent("a.png", out.getvalue())).body))
    assert kept.convert("L").getpixel((3, 3)) == 0x80


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"])
def test_a_large_picture_is_shrunk_without_a_second_large_one(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow would weigh colours by their share in a copy beside the original."""
    shrunk: list[str] = []
    real = Image.Image.resize

    def resize(picture: Image.Image, *how: Any, **more: Any) -> Image.Image:
        shrunk.append(picture.mode)
        return real(picture, *how, **more)

    monkeypatch.setattr(Image.Image, "resize", resize)
    out, facts = io.BytesIO(), {"transparency": b"\x80"} if mode == "PA" else {}
    Image.new("P" if mode == "PA" else mode, (1300, 20)).save(out, "PNG", **facts)
    assert files.picture(sent("a.png", out.getvalue())).width == 1200
    assert shrunk[0] in {"L", "La", "RGB", "RGBa"}
    assert len(shrunk) == 1


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_of_webp_fewer_pixels_are_taken() -> None:
    """Its decoder keeps four copies of a picture."""
    out = io.BytesIO()
    Image.new("L", (4001, 4000)).save(out, "WEBP")
    with pytest.raises(ValidationError, match="pixels"):
        files.picture(sent("a.webp", out.getvalue()))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(50_000, 50_000), (10_001, 1), (5_001, 5_000)])
def test_a_wall_of_pixels_is_refused_before_it_is_built(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(ValidationError):
        files.picture(sent("a.png", bomb(*size)))


def test_many_packed_objects_are_unpacked_within_bounds() -> None:
    with pytest.raises(ValidationError, match="damaged"):
        files.document(sent("a.pdf", pdf(packed(b"0" * (LARGEST_UNPACKED + 1)))))


def test_ordinary_bytes_are_no_script() -> None:
    noise = b"stream\n/JS(\x00\x01/JS \xff\nendstream"
    assert files.document(sent("a.pdf", pdf(noise))).media_type == "application/pdf"


def test_a_full_disk_is_a_part_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    with pytest.raises(Away):
        files.document(sent("licence.pdf", pdf())).keep_in(Picture().file)
