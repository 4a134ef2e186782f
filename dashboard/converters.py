"""How names from elsewhere stand in an address: any text, with nothing that a browser or a proxy would read otherwise.

Letters, digits, `_`, `.` and `-` stand for themselves, every other byte is `~` and two hex digits. Used by
`dashboard.urls`.
"""

import re

_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")
_NOTHING = "~"


class NameConverter:
    """A path converter for a name that may hold slashes, blanks, quotes or be a dot."""

    regex = "[A-Za-z0-9_.~-]+"

    def to_python(self, value: str) -> str:
        """The name. Raises ValueError, which is a 404, for anything that `to_url` does not write."""
        raw = b"" if value == _NOTHING else re.sub(rb"~([0-9A-F]{2})", _byte, value.encode())
        name = raw.decode()
        if "\0" in name or self.to_url(name) != value:
            raise ValueError(value)
        return name

    def to_url(self, value: object) -> str:
        """The name as it stands in an address."""
        name = str(value)
        if not name:
            return _NOTHING
        is_dots = not name.strip(".")
        if _PLAIN.fullmatch(name) and not is_dots:
            return name
        return "".join(one if _PLAIN.fullmatch(one) and not is_dots else _written(one) for one in name)


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _written(letter: str) -> str:
    return "".join(f"~{byte:02X}" for byte in letter.encode(errors="surrogatepass"))
