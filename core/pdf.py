"""PDFs from people: searched for what acts, page by page counted, within bounds and without running a parser of theirs.

Names may be written with #-escapes and objects packed into streams, so both are undone before the search. What could
hide objects from the search (another filter, a predictor, a comment that looks like an object) is refused.
ISO 32000-2: 7.3.5 names, 7.5.7 object streams, 12.6.4 actions.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_PAGES = 200
MOST_ESCAPES = 20_000
MOST_STREAMS = 20_000
MOST_PACKED = 5_000
LARGEST_UNPACKED = 32 * 1024 * 1024
PIECE = 16 * 1024

ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia|RichMediaExecute|Rendition|XFA|Encrypt|SubmitForm|ImportData"
    rb"|GoToE|GoToR)(?=[\s\x00()<>\[\]{}/%]|$)"
)
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
OBJECT = re.compile(rb"\d\s+obj\b")
FALSE_OBJECT = re.compile(rb"%[^\r\n]{0,200}\bobj\b")
PACKED = re.compile(rb"/ObjStm\b")
PACKED_UNNAMED = (re.compile(rb"/First\s*\d"), re.compile(rb"/N\s*\d"))
FILTER = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]*\]|/[A-Za-z0-9]+|\d+\s+\d+\s+R)")
DEFLATED = re.compile(rb"\[?\s*/(?:FlateDecode|Fl)\s*\]?")
PAGE = re.compile(rb"/Type\s*/Page(?=[\s\x00()<>\[\]{}/%]|$)")
COUNT = re.compile(rb"/Count\s+(\d{1,12})")


def refuse_unless_harmless(body: bytes) -> None:
    """Raises `ValidationError` with one sentence for a PDF that is damaged, acts, hides something, or is too long."""
    if not body.startswith(b"%PDF-") or b"%%EOF" not in body[-2048:]:
        raise _damaged()
    pages = 0
    for part in _readable(body):
        if ACTIVE.search(part):
            raise ValidationError(_("This PDF is encrypted or holds scripts or other files."), code="active")
        pages += sum(1 for _page in PAGE.finditer(part))
        if pages > MOST_PAGES or any(int(found[1]) > MOST_PAGES for found in COUNT.finditer(part)):
            raise ValidationError(
                _("This PDF has more than %(most)d pages.") % {"most": MOST_PAGES}, code="too_large"
            )


def _readable(body: bytes) -> Iterator[bytes]:
    """The file as a reader understands it: names without escapes, packed objects unpacked."""
    yield _unescaped(body)
    left = LARGEST_UNPACKED
    for packed, start in enumerate(_packed(body)):
        part = _inflated(body, start, left)
        left -= len(part)
        if left <= 0 or packed > MOST_PACKED:
            raise _damaged()
        yield _unescaped(part)


def _packed(body: bytes) -> Iterator[int]:
    """Where the bytes of each object stream begin that is deflated; plain ones were read with the file."""
    end = 0
    for number, found in enumerate(STREAM.finditer(body)):
        if number > MOST_STREAMS:
            raise _damaged()
        facts = _unescaped(body[end : found.start()])
        end = found.end()
        if FALSE_OBJECT.search(facts):
            raise _damaged()
        if _holds_objects(facts) and (filters := FILTER.findall(facts)):
            if len(filters) > 1 or not DEFLATED.fullmatch(filters[0]) or b"/Predictor" in facts:
                raise _damaged()
            yield end


def _holds_objects(facts: bytes) -> bool:
    """Whether a reader would look for objects in the stream that follows; some do not ask for its type."""
    if PACKED.search(facts):
        return True
    last = max((found.end() for found in OBJECT.finditer(facts)), default=0)
    return all(name.search(facts, last) for name in PACKED_UNNAMED)


def _inflated(body: bytes, start: int, most: int) -> bytes:
    """What was deflated at `start`, at most `most` bytes; it ends where deflate says so, not at a word in it."""
    unpack, out, size = zlib.decompressobj(), [], 0
    try:
        for at in range(start, len(body), PIECE):
            piece = unpack.decompress(body[at : at + PIECE], most - size)
            out.append(piece)
            size += len(piece)
            if unpack.eof or size >= most:
                return b"".join(out)
    except zlib.error as broken:
        raise _damaged() from broken
    raise _damaged()


def _unescaped(part: bytes) -> bytes:
    plain, count = ESCAPE.subn(lambda found: bytes([int(found[1], 16)]), part, count=MOST_ESCAPES)
    if count == MOST_ESCAPES:
        raise _damaged()
    return plain


def _damaged() -> ValidationError:
    return ValidationError(_("This PDF is damaged."), code="damaged")
