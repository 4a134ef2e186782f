"""Words to look for, and to find releases by: the same for both databases, because they are made here. Pure.

A word is a run of letters and digits without case and accents; a symbol such as an emoji is a word of its own. What a
person types has no other meaning than its words: `"`, `*`, `OR` and `-` are none.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LONGEST_WORD = 64
LONGEST_REMEMBERED = 100
"""Longer texts are hardly met twice."""
MOST_WORDS_KEPT = 400
MOST_WORDS_ASKED = 12
SHORTEST_BEGINNING = 3
"""From so many letters on a word also finds what begins with it; a number only where it may be a commit's name."""
SHORTEST_COMMIT = 7

_ASCII = re.compile(r"[0-9a-z]+")
_ANY = re.compile(r"[^\W_]+|[^\w\s\x00-\x7f]")
_SYMBOLS = frozenset({"So", "Sk"})


def words_of(text: str) -> list[str]:
    """The words of a text in their order."""
    if text.isascii():
        return [word[:LONGEST_WORD] for word in _ASCII.findall(text.lower())]
    return list(_plain(text) if len(text) <= LONGEST_REMEMBERED else _plain.__wrapped__(text))


@lru_cache(maxsize=4096)
def _plain(text: str) -> tuple[str, ...]:
    """The words of a text that has other letters than those of ASCII; names of people and branches come often."""
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold()
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    return tuple(word[:LONGEST_WORD] for word in _ANY.findall(plain) if word.isalnum() or _is_symbol(word))


def kept(texts: Iterable[str]) -> str:
    """The words of several texts as they are stored: between blanks, not more than an index needs."""
    found: list[str] = []
    for text in texts:
        found += _ASCII.findall(text.lower()) if text.isascii() and len(text) <= LONGEST_WORD else words_of(text)
    return " ".join(found[:MOST_WORDS_KEPT])


def asked(text: str) -> list[list[str]]:
    """What is looked for: for each piece a person typed, its words, which must stand side by side."""
    pieces = (words_of(piece) for piece in text.split()[: 2 * MOST_WORDS_ASKED])
    return [piece[:MOST_WORDS_ASKED] for piece in pieces if piece][:MOST_WORDS_ASKED]


def is_beginning(word: str) -> bool:
    """Whether longer words that begin with this one are meant as well."""
    if word.isdigit():
        return len(word) >= SHORTEST_COMMIT
    return len(word) >= SHORTEST_BEGINNING or not word.isascii()


def _is_symbol(word: str) -> bool:
    return unicodedata.category(word) in _SYMBOLS
