"""The tokens of `static/css/tokens.css`, read from the file itself, with the contrast of every pair that pages use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

FILE = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
TOKEN = re.compile(r"^\s+(--aq-[\w-]+): (.+);$", re.MULTILINE)
COLOUR = re.compile(r"#[0-9a-f]{6}")
TEXT, DRAWING = 4.5, 3.0
STATES = ("info", "progress", "warning", "success", "danger", "neutral")
PAIRS = {
    # what stands, on what: how much contrast it needs (WCAG 2.2 AA: text 4.5, lines that must be seen 3)
    **{
        (ink, ground): TEXT
        for ink in ("ink", "text", "quiet", "link")
        for ground in ("paper", "surface", "sunken")
    },
    ("link", "tint"): TEXT,
    **{(f"{state}-ink", f"{state}-bg"): TEXT for state in STATES},
    **{(line, ground): DRAWING for line in ("control", "focus") for ground in ("paper", "surface")},
}


class Pair(NamedTuple):
    """Two colours that meet, in one theme."""

    ink: str
    ground: str
    theme: str
    ratio: float
    needed: float

    @property
    def enough(self) -> bool:
        """Whether they meet what WCAG AA asks for."""
        return self.ratio >= self.needed


def read() -> dict[str, str]:
    """Every token of ours with its value, as written."""
    return dict(TOKEN.findall(FILE.read_text()))


def colours(value: str) -> tuple[str, str] | None:
    """The light and the dark colour of a token; None if it is no colour."""
    found = COLOUR.findall(value)
    if not found or not (value.startswith("light-dark") or value == found[0]):
        return None
    return found[0], found[-1]


def swatches(tokens: dict[str, str]) -> list[tuple[str, str, str]]:
    """Name, light and dark of each colour."""
    pairs = ((name, colours(value)) for name, value in tokens.items())
    return [(name, *both) for name, both in pairs if both]


def pairs(tokens: dict[str, str]) -> list[Pair]:
    """Every pair in both themes, with its contrast."""
    return [
        Pair(ink, ground, theme, round(contrast(_of(tokens, ink)[n], _of(tokens, ground)[n]), 2), needed)
        for (ink, ground), needed in PAIRS.items()
        for n, theme in enumerate(("light", "dark"))
    ]


def _of(tokens: dict[str, str], name: str) -> tuple[str, str]:
    both = colours(tokens[f"--aq-{name}"])
    if both is None:
        raise KeyError(name)
    return both


def contrast(one: str, other: str) -> float:
    """The ratio of two colours (#rrggbb) as WCAG computes it, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
