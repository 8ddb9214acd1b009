"""Shapes of packaging, drawn once each in grey: where the colour goes, where the label, where light and shadow fall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIDE = 640
FINE = 3
Box = tuple[int, int, int, int]
Point = tuple[float, float]


class Sheet:
    """A mask drawn three times as large as it will be, so that its edges are smooth."""

    def __init__(self) -> None:
        self.image = Image.new("L", (SIDE * FINE, SIDE * FINE), 0)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, box: Box, fill: int = 255, radius: int = 0) -> None:
        self.draw.rounded_rectangle([side * FINE for side in box], radius * FINE, fill)

    def oval(self, box: Box, fill: int = 255) -> None:
        self.draw.ellipse([side * FINE for side in box], fill)

    def shape(self, points: Sequence[Point], fill: int = 255) -> None:
        self.draw.polygon([(x * FINE, y * FINE) for x, y in points], fill)

    def small(self) -> Image.Image:
        return self.image.reduce(FINE)


@dataclass
class Pack:
    """A kind of packaging, cut out at `place`. The whole takes the product's colour, trim is metal or a cap."""

    place: Box
    whole: Image.Image
    trim: Image.Image
    label: Image.Image
    shade: Image.Image
    shine: Image.Image
    floor: Image.Image
    words: Box
    trim_colour: str


Drawing = Callable[[Sheet, Sheet, Sheet, Sheet, Sheet], tuple[Box, str]]
PACKS: dict[str, Drawing] = {}


@cache
def pack(name: str) -> Pack:
    """That kind of packaging, drawn at its first need."""
    sheets = [Sheet() for _ in range(5)]
    words, trim_colour = PACKS[name](*sheets)
    body, trim, label, shade, shine = (sheet.small() for sheet in sheets)
    whole = ImageChops.lighter(body, trim)
    place = whole.getbbox() or (0, 0, SIDE, SIDE)
    dark = ImageChops.invert(shade.filter(ImageFilter.GaussianBlur(2)))
    light = shine.filter(ImageFilter.GaussianBlur(5))
    left, top, right, bottom = words
    return Pack(
        place=place,
        whole=whole.crop(place),
        trim=trim.crop(place),
        label=label.crop(place),
        shade=Image.merge("RGB", [dark.crop(place)] * 3),
        shine=Image.merge("RGB", [light.crop(place)] * 3),
        floor=_floor(place),
        words=(left - place[0], top - place[1], right - place[0], bottom - place[1]),
        trim_colour=trim_colour,
    )


def _floor(place: Box) -> Image.Image:
    """The soft shadow it stands in."""
    left, _top, right, bottom = place
    sheet = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(sheet).ellipse((left - 22, bottom - 26, right + 22, bottom + 24), fill=66)
    return sheet.filter(ImageFilter.GaussianBlur(13))


def drawing(made: Drawing) -> Drawing:
    """Put a shape into the list under its name."""
    PACKS[made.__name__] = made
    return made


def _round(shade: Sheet, shine: Sheet, box: Box, strength: int = 115) -> None:
    """Something round: darker to both sides, a gleam left of the middle."""
    left, top, right, bottom = box
    width = right - left
    for x in range(left, right):
        off = abs((x - left) / width - 0.42) / 0.58
        shade.box((x, top, x + 1, bottom), int(strength * off**2.4))
    shine.box((left + width * 14 // 100, top, left + width * 21 // 100, bottom), 95)
    shine.box((left + width * 86 // 100, top, left + width * 89 // 100, bottom), 45)


@drawing
def can(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A slim drinks can."""
    trim.shape([(222, 118), (418, 118), (440, 158), (200, 158)])
    trim.oval((222, 104, 418, 134))
    trim.shape([(200, 520), (440, 520), (420, 556), (220, 556)])
    trim.oval((220, 544, 420, 568))
    body.box((200, 150, 440, 530), radius=8)
    _round(shade, shine, (200, 104, 440, 568))
    shade.oval((234, 109, 406, 129), 70)
    label.shape([(200, 250), (440, 226), (440, 424), (200, 448)])
    return (214, 258, 426, 416), "#c9ced4"


@drawing
def bottle(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A bottle with a cap."""
    trim.box((284, 66, 356, 112), radius=8)
    body.box((294, 104, 346, 170))
    body.shape([(294, 150), (346, 150), (372, 188), (412, 236), (228, 236), (268, 188)])
    body.box((222, 216, 418, 572), radius=26)
    _round(shade, shine, (222, 66, 418, 572), 95)
    label.box((222, 292, 418, 470))
    return (232, 300, 408, 462), "#f4f6f8"


@drawing
def carton(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A gable-top brick for milk and juice."""
    body.box((196, 208, 386, 572))
    body.shape([(386, 208), (446, 184), (446, 540), (386, 572)])
    body.shape([(196, 208), (386, 208), (412, 130), (228, 130)])
    body.shape([(386, 208), (446, 184), (424, 130), (412, 130)])
    trim.box((226, 104, 426, 134), radius=3)
    trim.oval((268, 152, 318, 186))
    shade.shape([(386, 208), (446, 184), (446, 540), (386, 572)], 80)
    shade.shape([(386, 208), (446, 184), (424, 130), (412, 130)], 105)
    shade.shape([(196, 208), (386, 208), (412, 130), (228, 130)], 26)
    shine.box((204, 216, 222, 560), 60)
    label.shape([(196, 300), (386, 270), (386, 470), (196, 500)])
    return (206, 306, 378, 464), "#f3f1ea"


@drawing
def box(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A cardboard box, a little from the side."""
    body.box((130, 222, 440, 556))
    body.shape([(130, 222), (440, 222), (514, 166), (204, 166)])
    body.shape([(440, 222), (514, 166), (514, 500), (440, 556)])
    shade.shape([(440, 222), (514, 166), (514, 500), (440, 556)], 92)
    shine.shape([(130, 222), (440, 222), (514, 166), (204, 166)], 70)
    trim.box((130, 520, 440, 534))
    label.box((154, 266, 416, 484), radius=14)
    return (164, 274, 406, 476), "#fdf6e3"


@drawing
def bag(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A filled bag, crimped at both ends."""
    left = [(176, 128), (190, 200), (170, 330), (180, 480), (168, 566)]
    right = [(472, 566), (460, 480), (470, 330), (450, 200), (464, 128)]
    body.shape([*left, *right])
    for end in (112, 566):
        for x in range(176, 464, 16):
            tip = end - 10 if end < 300 else end + 10
            body.shape([(x, end), (x + 8, tip), (x + 16, end)])
        body.box((172, min(end, 112) if end < 300 else 552, 468, 140 if end < 300 else 568))
    for y in (122, 132, 556):
        shade.box((172, y, 468, y + 3), 60)
    _round(shade, shine, (168, 140, 472, 552), 80)
    shine.shape([(210, 170), (236, 170), (224, 280), (206, 280)], 60)
    label.box((200, 238, 440, 462), radius=22)
    return (212, 246, 428, 454), "#ffffff"


@drawing
def jar(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A glass jar with a screw lid."""
    trim.box((222, 146, 418, 206), radius=10)
    body.box((230, 200, 410, 232))
    body.box((194, 218, 446, 566), radius=42)
    _round(shade, shine, (194, 146, 446, 566), 85)
    for x in range(228, 414, 12):
        shade.box((x, 150, x + 3, 202), 60)
    label.box((194, 300, 446, 492))
    return (208, 308, 432, 484), "#d9b54a"


@drawing
def tub(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A tub for labneh and such."""
    trim.box((148, 236, 492, 280), radius=12)
    trim.oval((156, 216, 484, 262))
    body.shape([(164, 276), (476, 276), (442, 544), (198, 544)])
    body.oval((198, 526, 442, 562))
    _round(shade, shine, (148, 236, 492, 562), 80)
    shine.oval((178, 221, 462, 250), 60)
    label.shape([(172, 330), (468, 330), (452, 488), (188, 488)])
    return (196, 336, 444, 484), "#f6f4ee"


@drawing
def tin(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """A food tin."""
    trim.oval((176, 176, 464, 240))
    trim.box((176, 206, 464, 232))
    trim.oval((176, 520, 464, 580))
    trim.oval((176, 508, 464, 568), 0)
    body.box((180, 228, 460, 546))
    body.oval((180, 520, 460, 570))
    _round(shade, shine, (176, 208, 464, 580))
    shade.oval((194, 184, 446, 232), 46)
    for y in (238, 250):
        shade.box((180, y, 460, y + 3), 34)
    label.box((180, 300, 460, 490))
    return (200, 308, 440, 482), "#cfd3d8"


@drawing
def tray(body: Sheet, trim: Sheet, label: Sheet, shade: Sheet, shine: Sheet) -> tuple[Box, str]:
    """Eggs in their tray."""
    for number in range(5):
        left = 122 + 80 * number
        body.oval((left, 216, left + 76, 322))
        shade.oval((left + 30, 250, left + 76, 330), 40)
        shine.oval((left + 16, 230, left + 36, 258), 120)
    trim.shape([(96, 292), (544, 292), (514, 560), (126, 560)])
    shade.shape([(96, 292), (544, 292), (541, 312), (99, 312)], 40)
    label.box((170, 338, 470, 530), radius=12)
    return (180, 344, 460, 524), "#b9aa94"
