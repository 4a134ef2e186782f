"""Strict readers of the environment, used by `dashboard.settings` only. A value that cannot be read stops the start."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable's value, or the first line of the file that NAME_FILE names."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else is refused."""
    word = text(name, "on" if default else "off").lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; use on or off.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below `least`."""
    word = text(name, str(default))
    try:
        value = int(word)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {word!r}; use a whole number.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name} is {value}; use at least {least}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, empty entries dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, object]:
    """Django's settings for a database address, `postgresql://` or `sqlite:///`. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(parts.path[1:]) or ":memory:"}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with {parts.scheme!r}; use postgresql://USER:PASSWORD@HOST:PORT/NAME or sqlite:///FILE."
    )
