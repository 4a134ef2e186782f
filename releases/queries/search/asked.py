"""What somebody typed into the search, read as everything it could mean. Pure; never raises, whatever was typed."""

import re
from dataclasses import dataclass

LONGEST = 200
LARGEST_NUMBER = 2**31 - 1
LEAST_OF_A_COMMIT = 4

_NUMBER = re.compile(r"#?([0-9]{1,10})")
_COMMIT = re.compile(rf"[0-9a-f]{{{LEAST_OF_A_COMMIT},64}}")
_VERSION_ALONE = re.compile(r"v([0-9][\w.\-]{0,59})", re.IGNORECASE)
_NAME_AND_VERSION = re.compile(r"(.*[^\s:])(?:\s*:\s*v?|\s+v)([\w.\-]{1,60})", re.IGNORECASE)
_UNFINISHED = re.compile(r"[\s:]+v?$|:$", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A search: the whole text, and what it is when it is a number, a commit, or a model with its version."""

    text: str
    number: int | None = None
    commit: str = ""
    model: str = ""
    version: str = ""

    @property
    def words(self) -> list[str]:
        """The words of the text."""
        return self.text.split()

    @property
    def release_name(self) -> str:
        """`24` is short for Azure's usual name of a release."""
        return f"Release-{self.number}" if self.number is not None else self.text


def asked(text: str) -> Asked:
    """What this could mean. Blanks count once, and PostgreSQL knows no NUL."""
    text = " ".join(text.replace("\0", " ").encode("utf-8", "replace").decode()[:LONGEST].split())
    number = _NUMBER.fullmatch(text)
    folded = text.lower()
    model, version = _model(text)
    return Asked(
        text=text,
        number=int(number[1]) if number and int(number[1]) <= LARGEST_NUMBER else None,
        commit=folded if _COMMIT.fullmatch(folded) else "",
        model=model,
        version=version,
    )


def _model(text: str) -> tuple[str, str]:
    """`classifier v7`, `classifier:7` and `v7`; what ends in a colon or a v is still being typed."""
    if alone := _VERSION_ALONE.fullmatch(text):
        return "", alone[1]
    if both := _NAME_AND_VERSION.fullmatch(text):
        return both[1], both[2]
    return _UNFINISHED.sub("", text), ""
