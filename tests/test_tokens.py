"""The colours of the house: what stands on what can be read, in light and in dark."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from aqad import tokens


def test_every_pair_has_the_contrast_it_needs() -> None:
    poor = [pair for pair in tokens.pairs(tokens.read()) if not pair.enough]
    assert not poor, "\n".join(map(str, poor))


def test_a_paler_grey_would_be_seen() -> None:
    pale = tokens.read() | {"--aq-quiet": "light-dark(#9aa39d, #6f7a74)"}
    poor = {(pair.ink, pair.theme) for pair in tokens.pairs(pale) if not pair.enough}
    assert poor == {("quiet", "light"), ("quiet", "dark")}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b5c47", "#0b5c47", 1.0)],
)
def test_contrast_is_computed_as_wcag_does(one: str, other: str, ratio: float) -> None:
    assert tokens.contrast(one, other) == tokens.contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_stylesheets_name_only_tokens_that_there_are() -> None:
    known = set(tokens.read())
    named = {
        (sheet.name, token)
        for sheet in (settings.BASE_DIR / "static" / "css").glob("*.css")
        for token in re.findall(r"var\((--aq-[\w-]+)", sheet.read_text())
    }
    assert not {(sheet, token) for sheet, token in named if token not in known}
