"""Addresses that somebody typed or forged are answered, never broken."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/releases/?pipeline=²", 404),
        ("/releases/?pipeline=99999999999999999999", 404),
        ("/releases/?before=1", 400),
        ("/releases/?before=1.99999999999999999999", 200),
        ("/releases/?after=-62135596800000000.1", 200),
        ("/releases/?model=%00", 200),
        ("/²/", 404),
        ("/p/harbour/releases/99999999999999999999/", 404),
    ],
)
def test_an_odd_address_has_an_answer(signed_in, address, status):
    assert signed_in.get(address).status_code == status
