"""Schedules of Azure DevOps: flags, Windows zones, the sentence, the next run and the one that made a release."""

from datetime import UTC, datetime, timedelta

import pytest

from releases.queries.schedules import read, that_made

MONDAYS = {"schedule": {"daysToRelease": 1, "startHours": 11, "startMinutes": 0, "timeZoneId": "FLE Standard Time"}}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "Mondays"),
        (64, "Sundays"),
        (31, "Weekdays"),
        (127, "Every day"),
        (9, "Mondays and Thursdays"),
        ("monday, friday", "Mondays and Fridays"),
        (["tuesday"], "Tuesdays"),
        ("all", "Every day"),
        ("31", "Weekdays"),
    ],
)
def test_days_are_flags_from_monday_or_names(days, said):
    schedule = read({"daysToRelease": days, "startHours": 9, "startMinutes": 5, "timeZoneId": "UTC"})
    assert schedule is not None
    assert schedule.sentence == f"{said} 09:05 UTC"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"daysToRelease": 0},
        {"daysToRelease": 1, "timeZoneId": "Mars"},
        {"daysToRelease": 1, "startHours": 25},
        {"daysToRelease": 1, "startHours": "x"},
    ],
)
def test_what_makes_no_sense_is_no_schedule(broken):
    assert read(broken) is None


def test_a_windows_zone_is_a_place():
    schedule = read(MONDAYS)
    assert schedule is not None
    summer, winter = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert schedule.next_after(summer) == datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
    assert schedule.next_after(winter) == datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def test_the_schedule_whose_time_lies_just_before_made_the_release():
    mondays, daily = read(MONDAYS), read({"daysToRelease": 127, "startHours": 3, "timeZoneId": "UTC"})
    assert mondays is not None and daily is not None
    created = datetime(2026, 3, 2, 9, 0, 4, tzinfo=UTC)
    assert that_made(created, schedules=[daily, mondays]) is mondays
    assert that_made(created + timedelta(hours=7), schedules=[daily, mondays]) is None
    assert that_made(created + timedelta(hours=7), schedules=[daily]) is daily
