"""Files that people send, good and bad, drawn for the tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def sent(name: str, body: bytes, kind: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser or program sends it; what it claims to be is its own business."""
    return SimpleUploadedFile(name, body, kind)


def pdf(extra: bytes = b"") -> bytes:
    """A page of paper, with `extra` among its objects."""
    out = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(out, "PDF")
    return out.getvalue().replace(b"%%EOF", extra + b"\n%%EOF")


def packed(objects: bytes) -> bytes:
    """Objects as most programs write them today: deflated in an object stream."""
    stream = zlib.compress(objects)
    return b"9 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + stream + b"\nendstream\nendobj"


def drawn(kind: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "#0b5bd3").save(out, kind, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a wall of pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Nobody has asked for anything yet."""
    caches["ratelimit"].clear()
    caches["default"].clear()
