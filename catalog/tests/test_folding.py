"""Two spellings of one word are one word, and two words stay two."""

from __future__ import annotations

import pytest

from catalog import folding, spelling


def forms(text: str) -> list[str]:
    return [word.form for word in folding.words(text)]


SAME = [
    ("أرز إرز آرز", "ارز"), ("لبنة لبنه", "لبنه"), ("جبنى جبني", "جبني"), ("حَلِيبٌ حلـــيب حليب", "حليب"),
    ("الحليب والحليب بالحليب للحليب حليب", "حليب"), ("Tomatoes tomato TOMATO", "tomato"),
    ("berries berry", "berry"), ("cookies cookie", "cooky"), ("glasses glass", "glass"), ("dates date", "date"),
    ("Crème creme", "creme"), ("Lay’s lays", "lay"), ("کاجو كاجو", "كاجو"),
]  # fmt: skip
SIZES = [
    ("330ml", "330ml"), ("330 ML", "330ml"), ("0.33 l", "330ml"), ("0,33L", "330ml"), ("٣٣٠ مل", "330ml"),
    ("٠٫٣٣ لتر", "330ml"), ("33cl", "330ml"), ("5 kg", "5000g"), ("5000 gm", "5000g"), ("٥ كيلو", "5000g"),
    ("5gal", "5gal"), ("5 gallons", "5gal"), ("20 قطعة", "20pc"),
]  # fmt: skip


@pytest.mark.parametrize(("spellings", "form"), SAME)
def test_spellings_of_one_word(spellings: str, form: str) -> None:
    assert set(forms(spellings)) == {form}


@pytest.mark.parametrize(("text", "form"), SIZES)
def test_sizes_are_the_same_however_they_are_written(text: str, form: str) -> None:
    assert forms(text) == [form]


@pytest.mark.parametrize("text", ["24x330ml", "24 x 330 ml", "24×330ml", "٢٤*٣٣٠ مل"])
def test_so_are_packs(text: str) -> None:
    assert forms(text) == ["x24", "330ml"]


@pytest.mark.parametrize(
    ("one", "other"), [("لبن", "لبنة"), ("rice", "ice"), ("330ml", "330g"), ("زيت", "زيتون")]
)
def test_two_words_stay_two(one: str, other: str) -> None:
    assert forms(one) != forms(other)


def test_what_tells_nothing_is_passed_over() -> None:
    assert forms("the of and al من في ml ... %_\\ '\" & | ! ( ) : * 🥤") == []


def test_and_is_written_onto_the_next_word_in_arabic() -> None:
    [word] = folding.words("ونعناع")
    assert (word.form, word.also) == ("ونعناع", ("نعناع",))


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [
        ("pepci", "pepsi", 1),
        ("pespi", "pepsi", 1),
        ("nescaffe", "nescafe", 1),
        ("بيسبي", "بيبسي", 1),
        ("milk", "milk", 0),
    ],
)
def test_slips_are_counted_as_people_make_them(typed: str, meant: str, slips: int) -> None:
    assert spelling.distance(typed, meant, 2) == slips
    assert spelling.near(typed) & spelling.near(meant) or slips > spelling.forgiven(typed)


def test_no_slip_is_forgiven_in_short_words_and_numbers() -> None:
    assert [spelling.forgiven(word) for word in ("rice", "oil", "330ml", "chocolate", "x" * 30)] == [
        1,
        0,
        0,
        2,
        0,
    ]
