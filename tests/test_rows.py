"""The factories themselves: each makes its row on both databases, so that no other test has to wonder."""

import inspect

import pytest

from tests import factories

MAKERS = [
    maker
    for name, maker in vars(factories).items()
    if inspect.isfunction(maker) and maker.__module__ == factories.__name__ and name != "browser_of"
]


@pytest.mark.django_db
@pytest.mark.parametrize("make", MAKERS, ids=lambda maker: maker.__name__)
def test_each_factory_makes_a_row(make):
    assert make().pk


@pytest.mark.django_db
@pytest.mark.parametrize("make", MAKERS, ids=lambda maker: maker.__name__)
def test_each_factory_makes_a_second_row(make):
    assert make().pk != make().pk
