"""Translations compiled without GNU gettext, which a fresh machine need not have."""

import polib

from local.place import ROOT
from local.trouble import Trouble


def compile_all() -> None:
    """Every locale/<language>/LC_MESSAGES/*.po that is newer than its compiled twin."""
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            polib.pofile(str(source)).save_as_mofile(str(target))
        except OSError as broken:
            raise Trouble(f"{source.relative_to(ROOT)} cannot be compiled: {broken}") from broken
