"""Words to look for: made the same way for both databases, and never an operator."""

import pytest

from releases.queries.words import MOST_WORDS_ASKED, MOST_WORDS_KEPT, asked, is_beginning, kept, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Release-24", ["release", "24"]),
        ("Learn_MLOps", ["learn", "mlops"]),
        ("Käyttöönotto Århus Straße", ["kayttoonotto", "arhus", "strasse"]),
        ("Σίσυφος ΣΊΣΥΦΟΣ", ["σισυφοσ", "σισυφοσ"]),
        ("rain 🚀 now ☂", ["rain", "🚀", "now", "☂"]),
        ("“quoted” – dashed", ["quoted", "dashed"]),
        ("a\0b \ud800c", ["a", "b", "c"]),
        ("天気予報", ["天気予報"]),
        ("", []),
        ("!!! --- \t\n", []),
    ],
)
def test_a_text_has_words_without_case_and_accents(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize("text", ['"', "a* OR NOT (b", "words : x", "NEAR(a b)", "'; DROP TABLE x", "a & !b | <-> c"])
def test_operators_are_plain_words_or_nothing(text):
    assert all(word.isalnum() for piece in asked(text) for word in piece)


def test_a_piece_keeps_its_words_together():
    assert asked("Release-24  rain") == [["release", "24"], ["rain"]]


def test_a_long_text_is_cut():
    assert len(kept([f"word{number} " for number in range(1000)]).split()) == MOST_WORDS_KEPT
    assert len(asked("word " * 1000)) == MOST_WORDS_ASKED
    assert len(asked("-".join(["word"] * 1000))[0]) == MOST_WORDS_ASKED
    assert len(words_of("x" * 10_000)[0]) == 64


@pytest.mark.parametrize(
    ("word", "expected"),
    [("rai", True), ("ra", False), ("24", False), ("241", False), ("1234567", True), ("e04d5aa", True), ("天", True)],
)
def test_what_may_go_on(word, expected):
    assert is_beginning(word) is expected
