"""The front-end files that pages use, copied out of node_modules by name and nothing else."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from local.fingerprint import fingerprint, fresh, remember
from local.node import LOCK, MODULES
from local.place import BUILD, ROOT
from local.trouble import Trouble

TARGET = BUILD / "static"
STAMP = BUILD / "static.stamp"
ICONS = ROOT / "local" / "icons.txt"
SVG = "http://www.w3.org/2000/svg"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "js/tabler.min.js",
    "chart.js/dist/chart.umd.js": "js/chart.js",
}
FONTS = {
    "@fontsource-variable/inter": ("inter-latin-wght-normal", "inter-latin-ext-wght-normal"),
    "@fontsource-variable/noto-sans-arabic": ("noto-sans-arabic-arabic-wght-normal",),
}
FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
FACE_FILE = re.compile(r"url\(\./files/([\w-]+)\.woff2\)")
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+)\s*$")


def build() -> None:
    """Fills build/static when a package, the icon list or this list changed."""
    mark = fingerprint(*LOCK, ICONS, Path(__file__))
    if fresh(STAMP, mark) and TARGET.is_dir():
        return
    shutil.rmtree(TARGET, ignore_errors=True)
    for source, target in FILES.items():
        _write(target, SOURCE_MAP.sub("", (MODULES / source).read_text()))
    _write("css/fonts.css", "\n\n".join(_faces()) + "\n")
    _write("img/icons.svg", _sprite(_icon_names()))
    remember(STAMP, mark)


def _write(target: str, text: str) -> None:
    path = TARGET / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _faces() -> Iterator[str]:
    (TARGET / "fonts").mkdir(parents=True, exist_ok=True)
    for package, names in FONTS.items():
        folder = MODULES / package
        for face in FACE.findall((folder / "index.css").read_text()):
            name = FACE_FILE.search(face)
            if name and name[1] in names:
                shutil.copyfile(folder / "files" / f"{name[1]}.woff2", TARGET / "fonts" / f"{name[1]}.woff2")
                yield FACE_FILE.sub(r"url(../fonts/\1.woff2)", face)


def _icon_names() -> list[str]:
    lines = (line.strip() for line in ICONS.read_text().splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def _sprite(names: list[str]) -> str:
    ET.register_namespace("", SVG)
    sprite = ET.Element(f"{{{SVG}}}svg")
    sprite.extend(_symbol(name) for name in names)
    ET.indent(sprite)
    return ET.tostring(sprite, encoding="unicode") + "\n"


def _symbol(name: str) -> ET.Element:
    file = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not file.is_file():
        raise Trouble(f"{ICONS.name} names the icon {name!r}, which @tabler/icons does not have.")
    icon = fromstring(file.read_text())
    kept = {key: value for key, value in icon.attrib.items() if key not in {"class", "width", "height"}}
    symbol = ET.Element(f"{{{SVG}}}symbol", {"id": name, **kept})
    symbol.extend(list(icon))
    return symbol
