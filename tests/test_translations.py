"""Every word of the market is said in Arabic too, and no page has words that nobody could translate."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "ar" / "LC_MESSAGES" / "django.po"
APPS = ("aqad", "core", "accounts", "vendors", "retailers", "catalog", "orders", "payments", "logistics")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# Templates that are documents for those who build the market, never seen in production.
UNTRANSLATED = ("styleguide",)
# What is the same in every language, or written in its own.
NAMES = {
    "AQAD", "English", "العربية", "AED", "VAT", "TRN", "API", "SKU", "PDF", "CSV", "XLSX", "en", "ar",
    "Enter", "ORD", "PAY", "AF", "PEP",  # a key, and codes as examples
}  # fmt: skip
TAGS = re.compile(
    r"{% block (?:body_class|coltype) %}.*?{% endblock[^%]*%}|&\w+;"
    r"|{% *blocktranslate\b.*?{% *endblocktranslate *%}|{%.*?%}"
    r"|{{.*?}}|{#.*?#}|#\w+|<!--.*?-->|<(?:style|script|code)\b.*?</(?:style|script|code)>",
    re.DOTALL,
)
SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"')
WORD = re.compile(r"[A-Za-z\u0621-\u064a][A-Za-z\u0621-\u064a'’]+")


def of_the_code(text: str) -> Iterator[str]:
    """The messages that a module hands to gettext."""
    for call in ast.walk(ast.parse(text)):
        name = getattr(getattr(call, "func", None), "id", "")
        if isinstance(call, ast.Call) and name in CALLS:
            wanted = call.args[:2] if name.startswith("ng") else call.args[:1]
            yield from (str(text.value) for text in wanted if isinstance(text, ast.Constant))


def of_a_template(text: str) -> Iterator[str]:
    """The messages of its tags, as Django reads them."""
    read = re.sub(r"\bX+\b", " ", templatize(text))
    for found in re.finditer(r"\bn?gettext\(|\b_\(", read):
        yield from of_the_code(read[found.start() : _closing(read, found.end())])


def _closing(text: str, at: int) -> int:
    """Where the bracket that was opened before `at` closes, strings stepped over."""
    for token in re.finditer(r"u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\"|\)", text[at:]):
        if token[0] == ")":
            return at + token.end()
    raise ValueError(text[at : at + 80])


def templates() -> list[Path]:
    """Ours, but those that nobody in production sees."""
    found = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
    return [path for path in found if path.relative_to(ROOT / "templates").parts[0] not in UNTRANSLATED]


def modules() -> list[Path]:
    """Code whose words people read."""
    found = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return sorted(path for path in found if "tests" not in path.parts and "migrations" not in path.parts)


def spoken() -> dict[str, str]:
    """Every message with the file that says it."""
    said = {text: path.name for path in modules() for text in of_the_code(path.read_text())}
    return said | {text: path.name for path in templates() for text in of_a_template(path.read_text())}


def untranslated(said: dict[str, str], catalogue: polib.POFile) -> list[str]:
    """Messages without Arabic, each with its file."""
    known = {
        text
        for entry in catalogue
        if not entry.obsolete
        and "fuzzy" not in entry.flags
        and (entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values())))
        for text in (entry.msgid, entry.msgid_plural)
    }
    return [f"{path}: {text!r}" for text, path in said.items() if text and text not in known]


def bare(text: str) -> list[str]:
    """Words of a template that stand outside every tag of translation."""
    shown = TAGS.sub(" ", text)
    heard = " ".join(SPOKEN.findall(shown))
    written = re.sub(r"<[^>]*>", " ", shown)
    return [word for word in WORD.findall(f"{written} {heard}") if word not in NAMES]


def test_every_message_is_said_in_arabic() -> None:
    said = spoken()
    assert len(said) > 700
    assert not untranslated(said, polib.pofile(str(CATALOGUE)))


def test_a_message_without_arabic_would_be_seen() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    for entry in catalogue:
        entry.msgstr = "" if entry.msgid == "View basket" else entry.msgstr
    assert "'View basket'" in {line.partition(": ")[2] for line in untranslated(spoken(), catalogue)}


def test_arabic_keeps_the_parameters_of_a_message() -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if text
        and set(re.findall(r"%\(\w+\)", text))
        - set(re.findall(r"%\(\w+\)", entry.msgid + entry.msgid_plural))
    ]
    assert not wrong


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_words_of_its_own(path: Path) -> None:
    assert not bare(path.read_text())


@pytest.mark.parametrize(
    "text",
    [
        "<p>Add it</p>",
        '<img alt="A truck">',
        "{% if x %}Nothing{% endif %}",
        '<a title="Back" href="/">{{ x }}</a>',
    ],
)
def test_hard_coded_words_would_be_seen(text: str) -> None:
    assert bare(text)


def test_words_inside_tags_are_no_words_of_the_template() -> None:
    text = '{% translate "Add" %}<p class="big" aria-label="{% translate "Back" %}">{{ x }} AED</p>{# note #}'
    assert not bare(text)
    assert set(of_a_template(text)) == {"Add", "Back"}
