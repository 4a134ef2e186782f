"""Keyset pages: each row once and in order, whatever arrives between two requests."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases.models import Pipeline, Release, User
from releases.queries import keyset
from releases.states import Role
from tests import factories
from tests.api.conftest import Harbour, program_of

ORDER = ("created_on", "id")
MINUTES = st.integers(0, 5)  # few, so that many rows share a moment


def made(pipeline: Pipeline, minutes: list[int]) -> None:
    """Releases created at these minutes."""
    start = Release.objects.count() + 1
    Release.objects.bulk_create(
        Release(
            project_id=pipeline.project_id,
            pipeline=pipeline,
            azure_id=start + number,
            name="R",
            status="active",
            created_on=factories.NOON + timedelta(minutes=minute),
            changed_at=factories.NOON,
        )
        for number, minute in enumerate(minutes)
    )


def page(cursor: keyset.Cursor | None, size: int) -> keyset.Page[Release]:
    """A page whose cursor went through an address, as a client's does."""
    through = keyset.read(keyset.written(cursor), model=Release, order=ORDER) if cursor else None
    assert through == cursor
    return keyset.page(Release.objects.all(), order=ORDER, cursor=through, size=size)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(MINUTES, max_size=12),
    arrivals=st.lists(st.lists(MINUTES, max_size=3), max_size=4),
    size=st.integers(1, 5),
)
def test_walking_gives_every_row_once_in_order(before: list[int], arrivals: list[list[int]], size: int) -> None:
    with transaction.atomic():
        pipeline = factories.pipeline()
        made(pipeline, before)
        wanted = list(Release.objects.order_by("-created_on", "-id").values_list("pk", flat=True))
        walked, cursor, waiting = list[int](), None, list(arrivals)
        for _ in range(40):
            now = page(cursor, size)
            walked += [row.pk for row in now.rows]
            made(pipeline, waiting.pop() if waiting else [])
            if now.older is None:
                break
            cursor = now.older
        assert len(walked) == len(set(walked))
        assert [pk for pk in walked if pk in set(wanted)] == wanted
        _walk_back(now, size=size)
        transaction.set_rollback(True)


def _walk_back(last: keyset.Page[Release], *, size: int) -> None:
    """From the last page to the first: what lies before it, each row once and in order."""
    everything = list(Release.objects.order_by("-created_on", "-id").values_list("pk", flat=True))
    back, cursor = [row.pk for row in last.rows], last.newer
    for _ in range(60):
        if cursor is None:
            break
        now = page(cursor, size)
        back, cursor = [row.pk for row in now.rows] + back, now.newer
    if last.rows and last.newer:
        shown = [row.pk for row in last.rows]  # what arrived in between them afterwards is not on that page
        assert back == everything[: everything.index(shown[0])] + shown


@pytest.mark.django_db
def test_the_links_lead_through_the_list_and_back_and_keep_the_filters(port: Harbour) -> None:
    made(Pipeline.objects.get(), [1, 2, 3, 4])
    program = program_of(factories.user(role=Role.QA))
    first = program.get("releases/", limit=2, status="active").json()
    assert first["previous"] is None
    second = program._client.get(first["next"]).json()
    third = program._client.get(second["next"]).json()
    assert third["next"] is None
    assert "status=active" in third["previous"]
    assert "limit=2" in third["previous"]
    ids = [row["id"] for part in (first, second, third) for row in part["results"]]
    assert ids == list(Release.objects.order_by("-created_on", "-id").values_list("pk", flat=True))
    assert program._client.get(third["previous"]).json()["results"] == second["results"]


BAD_CURSORS = [
    "x",
    "e30",
    "W10",
    "WzFd",
    "!!!!",
    "W2ZhbHNlLG51bGwsbnVsbF0",
    "W2ZhbHNlLCIyMDI2LTAzLTAyVDEyOjAwOjAwIiwxXQ",  # a time without an offset
    "W2ZhbHNlLCIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwxXQ",  # a time before all times
    "W2ZhbHNlLCJ4IiwieSJd",
    "[" * 299,
    "W" * 301,
]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
@pytest.mark.django_db
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str, user: User) -> None:
    answer = program_of(user).get("releases/", cursor=cursor)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("invalid_cursor", "invalid")


@pytest.mark.django_db
def test_an_id_in_a_cursor_beyond_the_database_is_only_an_empty_page(user: User) -> None:
    cursor = keyset.written(keyset.Cursor((factories.NOON, 2**70)))
    assert program_of(user).get("releases/", cursor=cursor).status_code == 200
