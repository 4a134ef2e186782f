"""Every address asks for a sign-in, except those listed here with their reason: a new one is closed until listed."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "health": "monitors have no account; it says nothing but up or down",
    "account_login": "this is where one signs in",
    "account_inactive": "tells a person whose account was closed",
    "theme": "the sign-in page has a theme too; it sets a cookie and says nothing",
    "first": "the one-time link is the credential",
}
SAMPLE_VALUES = {
    "int": 1,
    "str": "x",
    "slug": "x",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "path": "x",
    "name": "x",
}


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, str]]:
    """Every address with sample values, and its name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = str(pattern.pattern)
        filled = prefix + route
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            filled = filled.replace(f"<{kind}:{name}>", str(SAMPLE_VALUES[kind])).replace(f"<{name}>", "x")
        if isinstance(pattern, URLPattern):
            yield filled, pattern.name or filled
        else:
            yield from addresses(pattern, filled)


ADDRESSES = sorted(set(addresses()))


def asks_for_sign_in(response) -> bool:
    if response.status_code in {301, 302}:
        return bool(response["Location"].startswith("/accounts/login/"))
    return bool(response.status_code in {401, 405})


@pytest.mark.django_db
@pytest.mark.on_sqlite
@pytest.mark.parametrize(("address", "name"), ADDRESSES, ids=[name for _, name in ADDRESSES])
def test_every_address_asks_for_a_sign_in_or_is_listed_and_for_a_csrf_token(address, name):
    asks = asks_for_sign_in(Client().get(address)) and asks_for_sign_in(Client().post(address))
    assert asks != (name in OPEN), f"{address} ({name})"
    without_a_token = Client(enforce_csrf_checks=True).post(address)
    assert without_a_token.status_code in {302, 401, 403, 405}


def test_the_list_names_no_address_that_is_gone():
    assert set(OPEN) <= {name for _, name in ADDRESSES}
