"""The words of the catalogue, and words that mean the same."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.Model):
    """A word that products on sale are found by, in its one form (`catalog.folding`), and how many have it.

    `named` of them have it in their names, brands, shelves or packing, the others in descriptions only.
    `near` are the spellings left when one or two letters are taken out: two words that are one slip apart share one.
    """

    form = models.CharField(max_length=80, primary_key=True, db_collation="C")
    written = models.CharField(max_length=80)
    products = models.IntegerField(default=0)
    named = models.IntegerField(default=0)
    near = ArrayField(models.CharField(max_length=80), default=list)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes: ClassVar = [GinIndex(fields=["near"], name="word_near", fastupdate=False)]

    def __str__(self) -> str:
        return self.written


class Synonym(models.Model):
    """Two words or short phrases that mean the same to who looks for goods, in any language, both ways."""

    one = models.CharField(_("word or phrase"), max_length=80)
    other = models.CharField(_("means the same as"), max_length=80)

    class Meta:
        verbose_name = _("pair of words")
        verbose_name_plural = _("words that mean the same")
        ordering: ClassVar = ["one", "other"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="synonym_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one} = {self.other}"

    @property
    def code(self) -> str:
        """How the audit log names it."""
        return f"WORD{self.pk}"
