"""Documents and pictures the tests hand in, made on the spot."""

from __future__ import annotations

import io

from PIL import Image


def pdf(text: str = "Trade licence") -> bytes:
    """A small honest PDF."""
    out = io.BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, "PDF", title=text)
    return out.getvalue()


def png(colour: str = "#0b5bd3", size: int = 400) -> bytes:
    """A small honest picture."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()
