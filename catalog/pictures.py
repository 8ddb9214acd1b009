"""Pictures as files: each is kept in up to three widths, drawn once when it arrives.

Nothing here runs inside a transaction: files are written before a row names them, and deleted by the outbox after the
row is gone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Pillow

from catalog.models import Image
from core.errors import Away
from core.files import STORE_TROUBLE, Checked
from core.models import Event

log = structlog.get_logger("aqad.pictures")

SMALLER = (160, 480)  # for a thumbnail and a card, beside the largest that `core.files.picture` draws


@contextmanager
def kept(pictures: Iterable[Checked]) -> Iterator[list[Image]]:
    """Rows for these pictures, not saved yet, their files written; whatever fails in the block takes the files away.

    Raises `Away` when the file store does not take them.
    """
    images: list[Image] = []
    try:
        for picture in pictures:
            images.append(Image(width=picture.width, height=picture.height))
            _write(picture, images[-1])
        yield images
    except BaseException as problem:
        _delete_quietly([name for image in images for name in image.names])
        if isinstance(problem, STORE_TROUBLE):
            log.exception("file store away")
            raise Away from problem
        raise


def _write(picture: Checked, image: Image) -> None:
    picture.keep_in(image.file)
    for width, body in _smaller(picture):
        image.widths.append(width)
        default_storage.save(image.name_of(width), ContentFile(body))


def _smaller(picture: Checked) -> Iterator[tuple[int, bytes]]:
    """The same picture in each smaller width, where it is wider than that."""
    with Pillow.open(io.BytesIO(picture.body)) as large:
        for width in SMALLER:
            if width < large.width:
                out = io.BytesIO()
                size = (width, max(1, round(large.height * width / large.width)))
                large.resize(size, Pillow.Resampling.LANCZOS).save(out, format="WEBP", quality=82)
                yield width, out.getvalue()


def forget(event: Event) -> None:
    """Delete the files of a picture that was taken down; a file that is gone already, or is shown again, is left."""
    names = [PurePosixPath(name) for name in event.data.get("files", [])]
    if names and not Image.objects.filter(file__in=map(str, names)).exists():
        for name in names:
            default_storage.delete(str(name))


def _delete_quietly(names: list[str]) -> None:
    """What was written for nothing; a store that is away keeps it, unnamed and unseen."""
    for name in names:
        try:
            default_storage.delete(name)
        except STORE_TROUBLE:
            log.warning("file left behind", name=name)
