"""What reaches the browser is whole: no dangling map, font or icon."""

import re

from local.assets import ICONS, TARGET


def test_no_file_names_a_missing_source_map():
    scripts_and_styles = [*TARGET.rglob("*.css"), *TARGET.rglob("*.js")]
    assert scripts_and_styles
    assert not [path for path in scripts_and_styles if "sourceMappingURL" in path.read_text()]


def test_every_font_that_the_style_names_is_there():
    style = TARGET / "css" / "fonts.css"
    named = re.findall(r"url\((.+?)\)", style.read_text())
    assert len(named) == 3
    assert all((style.parent / name).is_file() for name in named)


def test_the_sprite_has_every_listed_icon():
    listed = {line for line in ICONS.read_text().splitlines() if line and not line.startswith("#")}
    assert set(re.findall(r'<symbol id="([\w-]+)"', (TARGET / "img" / "icons.svg").read_text())) == listed
