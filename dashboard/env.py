"""Strict readers of the environment, used by `dashboard.settings` only. A value that cannot be read stops the start."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from dashboard import keyfile
from releases import secrets

SQLITE_OPTIONS = {
    # The defaults gave 1,185 "database is locked" in 1,800 transactions of six writers; these gave none.
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # With the usual 2 MB of cache a page of history cost 1.6 times as much after 10,000 releases; with 16 MB 1.2 times.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
}


def text(name: str, default: str = "") -> str:
    """The variable's value, or the content of the file that NAME_FILE names."""
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


def word(name: str, default: str, *, among: set[str]) -> str:
    """One of a few words."""
    value = text(name, default).lower()
    if value not in among:
        raise ImproperlyConfigured(f"{name} is {value!r}; use one of {', '.join(sorted(among))}.")
    return value


def origin(name: str, default: str) -> str:
    """An address of the form https://HOST[:PORT], or http:// on this machine only, without a path."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or "@" in parts.netloc:
        raise ImproperlyConfigured(f"{name} is {value!r}; use https://HOST, without a path.")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; plain http is only served on this machine. Use https://.")
    return value


def secret_key(*, must_be_given: bool, otherwise: Path) -> str:
    """SECRET_KEY, at least 50 characters; one kept in the file `otherwise` where it need not be given."""
    given = text("SECRET_KEY")
    if given and len(given) < 50:
        raise ImproperlyConfigured(f"SECRET_KEY has {len(given)} characters; use at least 50 random ones.")
    if not given and must_be_given:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Web server, worker and beat must share one: at least 50 random characters."
        )
    return given or keyfile.kept(otherwise)


def secret_keys(given: str, *, must_be_given: bool, otherwise: Path) -> list[str]:
    """The keys that encrypt kept secrets, the one in use first; one kept in the file `otherwise` where none need be."""
    if not given and must_be_given:
        raise ImproperlyConfigured(
            "SLIPWAY_SECRET_KEYS is not set. All processes must share it: 32 random bytes in base64, the newest first."
        )
    keys = [one.strip() for one in (given or keyfile.kept(otherwise, size=secrets.KEY_BYTES)).split(",")]
    try:
        for one in keys:
            secrets.key_of(one)
    except ValueError:
        raise ImproperlyConfigured(
            "SLIPWAY_SECRET_KEYS holds what is no key; use 32 random bytes in base64, several with commas."
        ) from None
    return keys


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database address, `postgresql://` or `sqlite:///`. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:])
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name or ":memory:", "OPTIONS": SQLITE_OPTIONS}
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(parts.query))},
            # One connection per thread, kept for a minute. No pool: worker threads come and go with tasks.
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with {parts.scheme!r}; use postgresql://USER:PASSWORD@HOST:PORT/NAME or sqlite:///FILE."
    )
