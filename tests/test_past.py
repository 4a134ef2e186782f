"""The past that speed is measured over and large pages are pictured with: it keeps pace with the tables."""

import pytest

from releases.models import LiveSpan, Release
from tests.benchmarks.past.filling import fill


@pytest.mark.django_db(transaction=True)
def test_a_made_up_past_can_be_filled_in() -> None:
    fill(60)
    assert Release.objects.count() == 60
    assert LiveSpan.objects.exists()
