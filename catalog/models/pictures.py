"""Pictures of products, each kept in several sizes."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import splitext
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.goods import Product


class Image(models.Model):
    """A picture of a product, in order. `widths` are the smaller sizes it is kept in beside the large one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="products/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "position"],
                name="image_one_per_position",
                deferrable=models.Deferrable.DEFERRED,  # so that two can change places
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.position}"

    @property
    def url(self) -> str:
        """Public address of the large one."""
        return str(self.file.url)

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """Every size it is kept in, the smallest first."""
        small = [
            {
                "url": beside(self.url, width),
                "width": width,
                "height": max(1, round(self.height * width / self.width)),
            }
            for width in self.widths
        ]
        return [*small, {"url": self.url, "width": self.width, "height": self.height}]

    @property
    def thumb(self) -> str:
        """Public address of the smallest."""
        return str(self.sizes[0]["url"])

    @property
    def srcset(self) -> str:
        """The sizes as a browser chooses among them."""
        return srcset(self.url, self.widths, self.width)

    @property
    def srcset_of_card(self) -> str:
        """As `srcset`, without the thumbnail."""
        return srcset(self.url, self.widths[1:], self.width)

    @property
    def names(self) -> list[str]:
        """Its files in the store."""
        return [self.file.name, *map(self.name_of, self.widths)] if self.file.name else []

    def name_of(self, width: int) -> str:
        """The file of a smaller size stands beside the large one."""
        return beside(self.file.name or "", width)


def beside(whole: str, width: int) -> str:
    """The name or public address of a smaller size: public addresses carry no query."""
    stem, ending = splitext(whole)
    return f"{stem}-{width}{ending}"


def srcset(url: str, widths: Sequence[int], whole: int) -> str:
    """A picture's sizes as a browser chooses among them, the one at `url` last."""
    return ", ".join([*(f"{beside(url, width)} {width}w" for width in widths), f"{url} {whole}w"])
