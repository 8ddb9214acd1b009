"""The photo that proves a delivery: kept privately, handed to whom the delivery concerns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import FileResponse

from core.errors import NotThere
from core.files import Checked
from core.pages import handed_over
from logistics.models import Delivery


def photo_of(delivery: Delivery) -> FileResponse:
    """The picture as it was drawn anew; the caller has checked who asks. `NotThere` when there is none."""
    if not delivery.photo:
        raise NotThere
    return handed_over(delivery.photo, f"{delivery.code}.webp", "image/webp", inline=True)


@contextmanager
def kept(delivery: Delivery, photo: Checked | None) -> Iterator[str]:
    """Keep a photo before the transaction that names it, and forget it again unless the delivery does in the end."""
    file = Delivery().photo
    if photo:
        photo.keep_in(file)
    try:
        yield file.name or ""
    finally:
        if file and not Delivery.objects.filter(pk=delivery.pk, photo=file.name).exists():
            file.delete(save=False)
