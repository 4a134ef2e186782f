"""The filters that stand in an address, read and made safe: what is not understood narrows nothing. Used by views."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.http import Http404, QueryDict
from django.utils import timezone

from releases.models import Pipeline, User
from releases.queries.access import visible_to
from releases.queries.filters import STATES, Filters
from releases.states import TriggerKind

CREATED_WITHIN = {"1d": "since yesterday", "7d": "last 7 days", "30d": "last 30 days", "90d": "last 90 days"}
YEARS = range(1970, 2200)
LONGEST = 400


def filters_of(user: User, query: QueryDict) -> Filters:
    """The filters in the URL. Raises Http404 for a pipeline that does not exist for this person."""
    model, version = _name_and_version(_text(query, "model"))
    scaler, scaler_version = _name_and_version(_text(query, "scaler"))
    first, last = first_day(query.get("since", "")), last_day(query.get("until", ""))
    return Filters(
        pipeline=_pipeline(user, query.get("pipeline", "")),
        trigger=_known(query.get("trigger", ""), TriggerKind),
        model=model,
        version=version,
        scaler=scaler,
        scaler_version=scaler_version,
        state=_known(query.get("state", ""), STATES),
        commit=_text(query, "commit").lower(),
        person=_text(query, "person"),
        text=_text(query, "text"),
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )


def first_day(word: str) -> date | None:
    """The day in an address, or the beginning of the last so many: `2026-11-01`, `30d`."""
    if word in CREATED_WITHIN:
        return timezone.localdate() - timedelta(days=int(word[:-1]))
    return last_day(word)


def last_day(word: str) -> date | None:
    """The day in an address; None for what is none."""
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _midnight(day: date) -> datetime:
    """When the day begins where the reader is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _pipeline(user: User, number: str) -> Pipeline | None:
    if not number:
        return None
    rows = visible_to(user, Pipeline).select_related("project")
    pipeline = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 18 else None
    if pipeline is None:
        raise Http404("There is no such pipeline here.")
    return pipeline


def _text(query: QueryDict, name: str) -> str:
    """What was typed, without a NUL, which PostgreSQL does not know, and without what no text can hold."""
    given = query.get(name, "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return given.strip()[:LONGEST]


def _name_and_version(word: str) -> tuple[str, str]:
    name, _, version = word.rpartition(":")
    return (name, version) if name else (version, "")


def _known(word: str, words: Iterable[str]) -> str:
    return word if word in list(words) else ""
