"""Renders the uniform releases of the benchmarks: one in full, the others by filling in their numbers.

Used by `Desk` when the company is uniform. A release that was changed is rendered like any other.
"""

import json
import re
from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.company.archive import Archive
from sandbox.company.releases import Release
from sandbox.company.uniform import Numbers, UniformArchive, make

_TOKENS = Numbers(
    9_100_000_000,
    9_200_000_000,
    9_300_000_000,
    9_400_000_000,
    "0123456789abcdef0123456789abcdefdeadbeef",
    "9500000000",
    datetime(2001, 1, 1, tzinfo=UTC) + timedelta(milliseconds=123),
)
_TOKEN = re.compile(
    rb"(2001-01-01T\d\d:\d\d:\d\d\.123Z?|9[1-4]00000\d{3}|9500000000|0123456789abcdef0123456789abcdefdeadbeef|\b01234567\b)"
)
_FIRSTS = {b"91", b"92", b"93", b"94"}
_COMMIT, _SHORT, _MODEL = _TOKENS.commit.encode(), _TOKENS.commit[:8].encode(), _TOKENS.model.encode()
_LEFT_OUT = {"_links", "imageUrl", "url", "descriptor"}
Rendering = Callable[[Release], bytes]


class Templates:
    """Cut renderings by what was asked for."""

    def __init__(self, archive: Archive) -> None:
        if not isinstance(archive, UniformArchive):
            raise TypeError("only a uniform archive can be rendered by template")
        self.archive = archive
        self._forms: dict[Hashable, Form] = {}

    def release(self, release_id: int, wanted: Hashable, render: Rendering) -> bytes:
        """The release, `render` being used only for the first of a kind and for changed ones."""
        if self.archive.is_held(release_id):
            return render(self.archive.release(release_id))
        form = self._forms.get(wanted)
        if form is None:
            form = self._forms[wanted] = Form(_slim(render(self._example())))
        return form.filled(self.archive.numbers(release_id))

    def _example(self) -> Release:
        """A release whose numbers can be told from all other text."""
        return make(self.archive.release(1).pipeline, _TOKENS)


class Form:
    """One rendering with blanks. A value is reckoned once a release, however often it is written."""

    def __init__(self, example: bytes) -> None:
        pieces = _TOKEN.split(example)
        self._text = b"%b".join(piece.replace(b"%", b"%%") for piece in pieces[::2])
        blanks = pieces[1::2]
        unique = list(dict.fromkeys(blanks))
        self._offsets = [(place, *_offset(token)) for place, token in enumerate(unique) if token.startswith(b"2001")]
        self._numbers = [
            (place, int(token[1:2]), int(token[-3:])) for place, token in enumerate(unique) if token[:2] in _FIRSTS
        ]
        self._others = [(place, token) for place, token in enumerate(unique) if token in (_COMMIT, _SHORT, _MODEL)]
        self._order = [unique.index(token) for token in blanks]
        self._size = len(unique)

    def filled(self, numbers: Numbers) -> bytes:
        """The rendering of the release with these numbers."""
        values = [b""] * self._size
        firsts = (0, numbers.release, numbers.environment, numbers.deployment, numbers.step)
        for place, which, more in self._numbers:
            values[place] = b"%d" % (firsts[which] + more)
        for place, offset, is_whole in self._offsets:
            text = (numbers.created_on + offset).isoformat(timespec="milliseconds")[:23]
            values[place] = (_stripped(text) if is_whole else text).encode()
        others = {_COMMIT: numbers.commit, _SHORT: numbers.commit[:8], _MODEL: numbers.model}
        for place, token in self._others:
            values[place] = others[token].encode()
        return self._text % tuple([values[place] for place in self._order])


def _stripped(text: str) -> str:
    """As `words.stamp` writes it: no zeros at the end of the fraction."""
    return text.rstrip("0").rstrip(".") + "Z"


def _offset(token: bytes) -> tuple[timedelta, bool]:
    text = token.decode()
    return datetime.fromisoformat(text.rstrip("Z") + "+00:00") - _TOKENS.created_on, text.endswith("Z")


def _slim(rendered: bytes) -> bytes:
    """Without the addresses inside, so that a release has the 24 KB the goals of `make bench` are set for."""
    body = json.loads(rendered)
    if "environments" in body:
        body["environments"] = _without_addresses(body["environments"])
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _without_addresses(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_addresses(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_addresses(part) for key, part in value.items() if key not in _LEFT_OUT}
    return value
