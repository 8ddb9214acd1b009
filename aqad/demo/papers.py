"""Certificates that look like certificates at a glance: one-page PDFs, plainly marked as specimens."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 620, 877
GREEN, INK = "#0f5c4d", "#12302b"


def paper(title: str, company: str, *lines: str) -> bytes:
    """A licence or certificate of that company, as PDF."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((28, 28, WIDTH - 28, HEIGHT - 28), outline=GREEN, width=4)
    draw.rectangle((38, 38, WIDTH - 38, HEIGHT - 38), outline=GREEN, width=1)
    _write(draw, 130, title, 38)
    _write(draw, 220, company, 24)
    for number, line in enumerate(lines):
        _write(draw, 290 + 38 * number, line, 18)
    draw.ellipse((WIDTH / 2 - 62, 640, WIDTH / 2 + 62, 764), outline=GREEN, width=3)
    _write(draw, 702, "SPECIMEN", 18)
    _write(draw, 806, "Made for the demo market", 14)
    out = io.BytesIO()
    sheet.save(out, "PDF", resolution=75)
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, top: int, text: str, size: int) -> None:
    draw.text((WIDTH / 2, top), text, fill=INK, font=_font(size), anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
