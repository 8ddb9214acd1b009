"""The photo that proves a delivery: kept privately, handed to whom the delivery concerns."""

from __future__ import annotations

from django.http import FileResponse

from core.errors import NotThere
from core.pages import handed_over
from logistics.models import Delivery


def photo_of(delivery: Delivery) -> FileResponse:
    """The picture as it was drawn anew; the caller has checked who asks. `NotThere` when there is none."""
    if not delivery.photo:
        raise NotThere
    return handed_over(delivery.photo, f"{delivery.code}.webp", "image/webp", inline=True)
