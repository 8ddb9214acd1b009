"""Files from people: allowed by content, never by name; pictures drawn anew, so nothing hides behind a header.

OWASP ASVS 5.0 V5: type by content and extension agreeing, size before reading, pixels before decoding.
"""

from __future__ import annotations

import hashlib
import io
import mimetypes
import struct
import uuid
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from threading import Lock
from typing import IO, Any

import puremagic
import structlog
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from core import pdf
from core.errors import Away

log = structlog.get_logger("aqad.files")

STORE_TROUBLE = (OSError, BotoCoreError, ClientError)
NONSENSE = (Pillow.DecompressionBombError, IndexError, TypeError, EOFError, struct.error, zlib.error)
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SIDE = 10_000
LARGEST_PIXELS = 25_000_000
EXTENSIONS = {
    "application/pdf": {".pdf"},
    "image/jpeg": {".jpg", ".jpeg"},
    "image/png": {".png"},
    "image/webp": {".webp"},
    "text/csv": {".csv"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {".xlsx"},
}
DOCUMENT_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
Pillow.MAX_IMAGE_PIXELS = LARGEST_PIXELS
MOST_PIXELS = {"image/webp": 16_000_000}  # its decoder keeps four copies
QUICK_TO_SHRINK = frozenset({"RGB", "RGBA", "L", "LA", "CMYK"})
LIGHT = {"1": "L", "P": "RGB"}  # where nothing is transparent
WEIGHED = {"RGBA": "RGBa", "LA": "La"}  # colours by their share, as shrinking needs them
_drawing = Lock()  # one picture at a time in a process: a large one takes 200 MB while it is open
mimetypes.add_type("image/webp", ".webp")  # unknown to Python before 3.13


def private_storage() -> Storage:
    """Where documents are kept: never reachable by an address alone."""
    return storages["private"]


@dataclass(frozen=True)
class Checked:
    """A file that passed: its bytes, its true media type, and a random name to keep it under."""

    body: bytes
    media_type: str
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        """Fingerprint of the bytes as kept."""
        return hashlib.sha256(self.body).hexdigest()

    def keep_in(self, column: FieldFile) -> None:
        """Write the bytes under a random name; what the sender called it never reaches a path.

        Raises `Away` when the store does not take them: away, or full.
        """
        suffix = min(EXTENSIONS[self.media_type])
        try:
            column.save(f"{uuid.uuid4().hex}{suffix}", ContentFile(self.body), save=False)
        except STORE_TROUBLE as trouble:
            log.exception("file store away")
            raise Away from trouble


def document(upload: Any) -> Checked:
    """A licence or certificate: PDF, JPEG or PNG up to 10 MiB. Raises `ValidationError` with one clear sentence."""
    media_type = _type_of(upload, DOCUMENT_TYPES, _("Please send a PDF, JPEG or PNG file."))
    if media_type == "application/pdf":
        body: bytes = upload.read()
        pdf.refuse_unless_harmless(body)
        return Checked(body, media_type)
    return _redrawn(upload, media_type, media_type, side=3000)


def picture(upload: Any, *, side: int = 1200) -> Checked:
    """A product picture or logo, drawn anew as WebP without metadata, at most `side` pixels a side."""
    sent = _type_of(upload, PICTURE_TYPES, _("Please send a JPEG, PNG or WebP picture."))
    return _redrawn(upload, sent, "image/webp", side=side)


def _type_of(upload: Any, allowed: frozenset[str], sentence: Any) -> str:
    """The media type by content; its extension must agree."""
    if not upload.size:
        raise ValidationError(_("This file is empty."), code="empty")
    if upload.size > LARGEST_FILE:
        raise ValidationError(_("This file is larger than 10 MB."), code="too_large")
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    try:
        guesses = {guess.mime_type for guess in puremagic.magic_string(head) if guess.mime_type}
    except (puremagic.PureError, ValueError):
        guesses = set()
    suffix = PurePath(upload.name or "").suffix.lower()
    found = next((kind for kind in allowed & guesses if suffix in EXTENSIONS[kind]), None)
    if found is None:
        raise ValidationError(sentence, code="wrong_type")
    return found


def _redrawn(upload: IO[bytes], sent: str, media_type: str, *, side: int) -> Checked:
    """Decode as what it was found to be, within bounds read from the header, then draw anew."""
    with _drawing:
        try:
            drawn = _decoded(upload, sent, "RGB" if media_type == "image/jpeg" else "RGBA", side)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, *NONSENSE) as broken:
            raise ValidationError(_("This picture can't be read."), code="damaged") from broken
        out = io.BytesIO()
        drawn.save(out, format=_format(media_type), quality=86)
    return Checked(out.getvalue(), media_type, drawn.width, drawn.height)


def _decoded(upload: IO[bytes], sent: str, mode: str, side: int) -> Pillow.Image:
    """The picture itself, upright, at most `side` pixels a side, and nothing that came along with it."""
    drawn: Pillow.Image = Pillow.open(upload, formats=[_format(sent)])
    if max(drawn.size) > LARGEST_SIDE or drawn.width * drawn.height > MOST_PIXELS.get(sent, LARGEST_PIXELS):
        raise ValidationError(_("This picture has too many pixels."), code="too_large")
    drawn.draft(None, (side, side))
    ImageOps.exif_transpose(drawn, in_place=True)
    drawn = _light(drawn, mode)
    if drawn.mode in WEIGHED and max(drawn.size) > side:
        drawn = drawn.convert(WEIGHED[drawn.mode])  # what shrinking would do beside the original
    drawn.thumbnail((side, side))
    if drawn.mode in WEIGHED.values():
        drawn = drawn.convert(drawn.mode.upper())
    drawn = drawn.convert(mode)
    drawn.info.clear()  # comments, profiles and positions would be written again
    return drawn


def _light(drawn: Pillow.Image, mode: str) -> Pillow.Image:
    """The picture in pixels that can be shrunk, as few bytes each as will do."""
    if drawn.mode in QUICK_TO_SHRINK:
        return drawn
    if drawn.mode == "I;16":
        return drawn.convert("I").point([value >> 8 for value in range(1 << 16)], "L")
    return drawn.convert(mode if drawn.has_transparency_data else LIGHT.get(drawn.mode, mode))


def _format(media_type: str) -> str:
    """What Pillow calls a media type."""
    return media_type.rpartition("/")[2].upper()
