"""Takes secrets out of the text of a log before anything of it is stored (fault 53). Pure.

Azure writes stars for what it knows to be secret. What it does not know shows in its shape, as in Azure's JSON (see
`releases.sync.masking`), or by the name it is given: `password=...`, `--token ...`, `"apiKey": "..."`. Lines stay
lines, so that numbers and links go on being right.
"""

import re

from releases.sync.masking import MASK, REFERENCE, STARTS, STRUCTURAL, TOKENS

_NAMES = rf"(?:{STRUCTURAL.pattern}|(?<![a-z])pat(?![a-z]))"
# Both begin at the suspect word itself: a pattern that began before it would try a long line again from every letter.
_GIVEN = re.compile(
    rf"(?P<name>{_NAMES}[\w.-]{{0,40}}[\"']?[ \t]{{0,3}}[=:][ \t]{{0,3}})(?P<quote>[\"']?)(?P<value>[^\s\"',;&]{{6,}})",
    re.I,
)
_SWITCH = re.compile(
    rf"(?P<name>(?<=-){_NAMES}[\w-]{{0,40}}[ \t]{{1,3}})(?P<quote>[\"']?)(?P<value>[^\s\"'-][^\s\"']{{5,}})", re.I
)
_HINTS = ("secret", "passw", "passphrase", "pwd", "token", "key", "credential", "connection", "pat")
_BEGINNINGS = tuple(start.decode() for start in STARTS)
_LONG = re.compile(r"[a-zA-Z0-9]{50}|://[^/\s:@\"]*:[^/\s@\"]+@")
_NOT_SECRET = re.compile(
    r"\*+|<[^>]*>|null|none|true|false|https?://[^\s:@]*|\[masked\]|(?:19|20)\d\d-\d\d-\d\dT?.*", re.I
)
_BEGINS, _ENDS = "-----BEGIN ", "PRIVATE KEY-----"


class Masker:
    """Masks the parts of one log in their order: a private key may begin in one and end in another."""

    def __init__(self, *, in_key: bool = False) -> None:
        self.in_key = in_key

    def masked(self, text: str) -> str:
        """Some following lines without what looks secret; as many lines as before."""
        if self.in_key or (_BEGINS in text and _ENDS in text):
            text = self._without_keys(text)
        folded = text.lower()
        is_named = any(hint in folded for hint in _HINTS)
        is_shaped = any(start in text for start in _BEGINNINGS) or _LONG.search(text) is not None
        if not (is_named or is_shaped):
            return text
        return "\n".join(_masked_line(line, is_shaped=is_shaped) for line in text.split("\n"))

    def _without_keys(self, text: str) -> str:
        lines = text.split("\n")
        for at, line in enumerate(lines):
            begins = line.find(_BEGINS)
            if begins >= 0 and _ENDS in line[begins:]:
                self.in_key = "-----END" not in line[begins:]
                lines[at] = line[:begins] + MASK
            elif self.in_key and line:
                self.in_key = "-----END" not in line
                lines[at] = MASK
        return "\n".join(lines)


def _masked_line(line: str, *, is_shaped: bool) -> str:
    """Cheap looks first: most lines hold nothing, and the patterns are slow."""
    if is_shaped and (any(start in line for start in _BEGINNINGS) or _LONG.search(line)):
        line = TOKENS.sub(MASK, line)
    folded = line.lower()
    if any(hint in folded for hint in _HINTS):
        line = _SWITCH.sub(_hidden, _GIVEN.sub(_hidden, line))
    return line


def _hidden(found: re.Match[str]) -> str:
    value = found["value"]
    if found["name"].lower().startswith("tokeniz") or _NOT_SECRET.fullmatch(value) or REFERENCE.fullmatch(value):
        return found[0]
    return f"{found['name']}{found['quote']}{MASK}"
