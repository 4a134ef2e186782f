"""Takes secrets out of Azure's JSON before anything of it is stored (fault 53). Called by `sync.mapping`; pure.

Azure hides what it knows to be secret. People also put secrets where it does not look: variables that were never
marked, inputs of tasks, comments. A false alarm only hides a value, so the patterns are generous. Most answers hold
none, which a few fast scans of the bytes find out; only the others are taken apart.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

MASK = "[masked]"

_WORDS = tuple(b"secret passw passphrase pwd token key credential connectionstring connection-string sas".split())
STRUCTURAL = re.compile(
    r"secret|passw(or)?d|passphrase|pwd|token|(api|access|private|account|shared|signing)[-_. ]?key"
    r"|credential|connection[-_. ]?string",
    re.I,
)
_VARIABLE = re.compile(rf"{STRUCTURAL.pattern}|keys?\d*$|(^|[-_. ])(key|sas|pat)([-_. ]|$)|(?-i:Sas|SAS|Key|KEY)", re.I)
"""Names of variables and task inputs: people choose them, so more of them are suspect than of Azure's own keys."""
_NAMED_MAPS = frozenset({"variables", "inputs", "parameters", "configurationvariables", "overrideinputs"})

STARTS = (
    *b"eyJ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- AKIA xox -----BEGIN AccountKey= SharedAccessKey=".split(),
    *(b"sig=", b"AZDO", b"earer ", b"asic "),
)
TOKENS = re.compile(
    r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?"  # a signed JSON token
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|(?<=AccountKey=)[^;\s\"]+|(?<=SharedAccessKey=)[^;\s\"]+|(?<=sig=)[\w%+/=-]{20,}"
    r"|(?<=[Bb]earer )[\w.~+/=-]{16,}|(?<=[Bb]asic )[A-Za-z0-9+/=]{20,}"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]{50,80}AZDO[A-Za-z0-9]{4}"  # a personal access token of today
    r"|(?<![A-Za-z0-9])[a-z2-7]{52}(?![A-Za-z0-9])"  # one of before 2024
    r"|(?<=://)[^/\s:@\"]*:[^/\s@\"]+(?=@)",  # user and password in an address
    re.S,
)
_DIGITS_ALIKE = bytes.maketrans(b"0123456789", b"2222222222")
_BASE32 = bytes(97 if chr(code) in "abcdefghijklmnopqrstuvwxyz234567" else 32 for code in range(256))
_LONG_BASE32 = b"a" * 52
_REST_OF_KEY = re.compile(rb'[^"]{0,100}"\s*:\s*(["{\d\[-])')
REFERENCE = re.compile(r"\$[({][\w.\- ]+[)}]")
"""A value that only names a variable, such as "$(dbpassword)", hides nothing itself."""
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def without_secrets(raw: bytes) -> bytes:
    """The same JSON without secrets and without NUL, which PostgreSQL refuses; the very bytes when it held none."""
    tokens, names = _suspicions(raw)
    if not (tokens or names):
        return raw
    raw = _NUL.sub(rb"\1\\u2400", raw) if b"\\u0000" in raw else raw
    document = _decode(raw)
    masked = _masked(document, STRUCTURAL, tokens=tokens)
    return raw if masked == document else msgspec.json.encode(masked)


def _decode(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return json.loads(raw)  # Numbers beyond 64 bits and the like, which only the slower reader takes.


def _suspicions(raw: bytes) -> tuple[bool, bool]:
    """Whether any text may look like a token, and any key like a secret's; False only when surely none does.

    Looks at each distinct piece between braces once: Azure repeats itself, and other answers repeat this one. Digits
    count as equal, so that times and numbers do not make pieces different; no word or beginning below holds one.
    """
    pieces = set(raw.translate(_DIGITS_ALIKE).split(b"}"))
    fresh = pieces - _clean
    text = b"\n".join(fresh)
    if (b"\\u22" in text and b"\\u00" in raw) or _may_hold_tokens(text, fresh, raw=raw):
        return True, True  # An escaped letter could hide a word from the scans.
    lowered = text.lower()
    if any(word in lowered for word in _WORDS) and any(_names_a_value(piece.lower()) for piece in fresh):
        return False, True
    if fresh:
        _remember(fresh)
    is_marked = b'"isSecret"' in text or not pieces.isdisjoint(_marked)
    return False, is_marked and _has_open_secret(raw)


def _may_hold_tokens(text: bytes, pieces: set[bytes], *, raw: bytes) -> bool:
    return (
        any(start in text for start in STARTS)
        or (_is_long_base32(text) and _is_long_base32(raw))
        or (b"@" in text and any(_may_hold_password(piece) for piece in pieces))
    )


def _may_hold_password(piece: bytes) -> bool:
    """Whether an address in it may name a user; an identity has its own address beside an e-mail address."""
    if b"@" not in piece or b"://" not in piece:
        return False
    return any(b"@" in part and b"://" in part for part in piece.split(b","))


def _is_long_base32(text: bytes) -> bool:
    return _LONG_BASE32 in text.translate(_BASE32)


_clean: set[bytes] = set()
_marked: set[bytes] = set()
"""Pieces of earlier answers that no scan minded, and among them those that mark a variable as secret. They only spare
work. What another number could turn into a token or an escaped letter is not among them. `_clean` is emptied when it
grows large; `_marked` never, for another thread may rely on it; it stays small."""


def _remember(pieces: set[bytes]) -> None:
    clean = {piece for piece in pieces if len(piece) < 1000 and b"\\u22" not in piece and not _is_long_base32(piece)}
    _marked.update(piece for piece in clean if b'"isSecret"' in piece)
    if len(_clean) > 5_000:
        _clean.clear()
    _clean.update(clean)


def _names_a_value(lowered: bytes) -> bool:
    """True where a suspect word is part of a key that holds text, a number or an object (a flag is no secret)."""
    return any(
        not lowered.startswith(_EMPTY_SECRET, found.end(1)) for word in _WORDS for found in _keys_with(lowered, word)
    )


def _keys_with(lowered: bytes, word: bytes) -> Iterator[re.Match[bytes]]:
    at = lowered.find(word)
    while at >= 0:
        if found := _REST_OF_KEY.match(lowered, at + len(word)):
            yield found
        at = lowered.find(word, at + len(word))


def _has_open_secret(raw: bytes) -> bool:
    """True where a variable is marked as secret and has a value all the same."""
    at = raw.find(b'"isSecret"')
    while at >= 0:
        around = raw[raw.rfind(b"{", 0, at) : raw.find(b"}", at) + 1]
        if _EMPTY_VALUE.search(around) is None:
            return True
        at = raw.find(b'"isSecret"', at + 1)
    return False


_EMPTY_SECRET = b'"value":null'
"""What follows the brace of a variable that Azure emptied itself."""
_EMPTY_VALUE = re.compile(rb'"value"\s*:\s*null')


@lru_cache(maxsize=4096)
def _is_name_of_secret(pattern: re.Pattern[str], name: str) -> bool:
    return pattern.search(name) is not None


def _masked(value: Any, names: re.Pattern[str], *, tokens: bool) -> Any:
    """A copy of the value with secrets replaced; `tokens` False spares looking into every text."""
    kind = type(value)
    if kind is dict:
        masked = {name: _masked_under(name, one, names, tokens=tokens) for name, one in value.items()}
        return _without_value(masked)
    if kind is list:
        return [_masked(one, STRUCTURAL, tokens=tokens) for one in value]
    if tokens and kind is str and len(value) > 11:
        return TOKENS.sub(MASK, value)
    return value


def _masked_under(name: str, value: Any, names: re.Pattern[str], *, tokens: bool) -> Any:
    if _is_name_of_secret(names, name):
        return _hidden(value)
    if tokens or type(value) in (dict, list):
        inner = _VARIABLE if name.lower() in _NAMED_MAPS else STRUCTURAL
        return _masked(value, inner, tokens=tokens)
    return value


def _hidden(value: Any) -> Any:
    """What stands under a name that looks like a secret: its text is replaced, its shape is kept."""
    if isinstance(value, bool) or value is None or value == "":
        return value
    if isinstance(value, dict):
        return _without_value({name: _hidden(one) for name, one in value.items()})
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    return value if isinstance(value, str) and REFERENCE.fullmatch(value) else MASK


def _without_value(variable: dict[str, Any]) -> dict[str, Any]:
    """What Azure does itself, most of the time: a variable marked as secret has no value."""
    if variable.get("isSecret") is True and "value" in variable:
        variable["value"] = None
    return variable
