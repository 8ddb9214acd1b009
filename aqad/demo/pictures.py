"""Pictures of goods: packaging in the product's colour, with the brand and the name on its label."""

from __future__ import annotations

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

from aqad.demo.packs import PACKS, SIDE, Box, Pack, pack
from catalog.pictures import SMALLER
from core.files import Checked

PAPER, INK = "#fffdf7", "#1f2a33"
GROUND = (250, 247, 241)
DRAWERS = 4
QUALITY = 82
Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Look:
    """What a picture shows."""

    pack: str
    colour: str
    brand: str
    name: str
    slug: str

    @property
    def paper_label(self) -> bool:
        """Whether this brand prints on white paper rather than on the colour itself."""
        return bool(crc32(self.slug.encode()) % 3)


@dataclass(frozen=True)
class Drawn:
    """A picture in the sizes the market keeps: the whole one, and the smaller ones by width."""

    whole: Checked
    smaller: dict[int, bytes]


def draw_all(looks: Iterable[Look]) -> list[Drawn]:
    """All pictures in their order; encoding leaves the interpreter free, so threads help."""
    for name in PACKS:
        pack(name)
    with ThreadPoolExecutor(DRAWERS) as drawers:
        return list(drawers.map(draw, looks))


def draw(look: Look) -> Drawn:
    """One picture in its sizes."""
    sheet = _painted(look)
    smaller = {width: _webp(sheet.resize((width, width), Image.Resampling.BOX)) for width in SMALLER}
    return Drawn(Checked(_webp(sheet), "image/webp", SIDE, SIDE), smaller)


def _webp(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "WEBP", quality=QUALITY, method=1)
    return out.getvalue()


def _painted(look: Look) -> Image.Image:
    form, colour = pack(look.pack), _rgb(look.colour)
    piece = Image.new("RGB", form.whole.size, _body_colour(look, colour))
    piece.paste(_mix(colour, _rgb(form.trim_colour), 0.9), mask=form.trim)
    _label(piece, form, look, colour)
    piece = ImageChops.screen(ImageChops.multiply(piece, form.shade), form.shine)
    sheet = Image.new("RGB", (SIDE, SIDE), _mix(colour, GROUND, 0.90))
    sheet.paste(_mix(colour, (40, 36, 30), 0.75), mask=form.floor)
    sheet.paste(piece, form.place, form.whole)
    return sheet


def _body_colour(look: Look, colour: Colour) -> Colour:
    """Bottles and eggs are paler than the label's colour."""
    if look.pack == "tray":
        return (246, 238, 226) if "White" in look.name else (205, 150, 108)
    return _mix(colour, (255, 255, 255), 0.28) if look.pack == "bottle" else colour


def _label(piece: Image.Image, form: Pack, look: Look, colour: Colour) -> None:
    """Paper on the pack, or a darker field of its own colour, with a stripe above and below the words."""
    ground = _rgb(PAPER) if look.paper_label else _mix(colour, (20, 24, 32), 0.42)
    band = _mix(colour, (0, 0, 0), 0.12) if look.paper_label else _mix(colour, (255, 255, 255), 0.55)
    paper = Image.new("RGB", piece.size, ground)
    draw, (_left, top, _right, bottom) = ImageDraw.Draw(paper), form.words
    draw.rectangle((0, top + 2, piece.width, top + 6), band)
    draw.rectangle((0, bottom - 10, piece.width, bottom - 4), band)
    _write(draw, form.words, look, colour, ground)
    piece.paste(paper, mask=form.label)


def _write(draw: ImageDraw.ImageDraw, words: Box, look: Look, colour: Colour, ground: Colour) -> None:
    """Brand large, name below in up to two lines, size last."""
    left, top, right, bottom = words
    middle, height, width = (left + right) / 2, bottom - top, right - left - 16
    name, _, size = look.name.rpartition(" ")
    on_paper = sum(ground) > 380
    ink, strong = (_rgb(INK), _mix(colour, (0, 0, 0), 0.35)) if on_paper else ((255, 255, 255),) * 2
    brand = _fitting(look.brand, width, 46)
    draw.text(
        (middle, top + height * 0.22),
        look.brand,
        strong,
        brand,
        anchor="mm",
        stroke_width=1,
        stroke_fill=strong,
    )
    lines = _lines(name.removeprefix(look.brand).strip())
    for number, line in enumerate(lines):
        place = height * (0.50 if len(lines) == 1 else 0.44 + 0.16 * number)
        draw.text((middle, top + place), line, ink, _fitting(line, width, 29), anchor="mm")
    draw.text((middle, top + height * 0.79), size, strong, _font(25), anchor="mm")


def _lines(text: str) -> list[str]:
    """A name, broken near the middle if it is long."""
    words = text.split()
    if len(text) <= 14 or len(words) < 2:
        return [text]
    cut = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(text) / 2))
    return [" ".join(words[:cut]), " ".join(words[cut:])]


def _fitting(text: str, width: float, largest: int) -> Font:
    """The largest type in which the text fits."""
    wide = _font(largest).getlength(text)
    return _font(max(12, min(largest, int(largest * width / wide)))) if wide else _font(largest)


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)


def _rgb(colour: str) -> Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
