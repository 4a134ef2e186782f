"""What the address of the log asks for, and its filters as links. What is not understood narrows nothing.

The address holds everything: types or a group of them, outcome, who, project, object, period, a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import Http404, QueryDict
from django.utils import timezone

from dashboard.addressed import first_day, last_day
from dashboard.facets import Facet, Facets, Field
from releases.audit import EVENTS, Outcome
from releases.models import Project
from releases.queries.audit_log import GROUPS, LogFilters, Scope, people_in, projects_in
from releases.queries.audit_log.words import OUTCOME_WORDS, PARTS, object_word, type_words

LARGEST = 2**63 - 1
LONGEST = 400


@dataclass(frozen=True)
class LogAsked:
    """What the address asks for; `number_error`: what was typed as a number is none."""

    filters: LogFilters
    text: str = ""
    number_error: str = ""


def asked_of(query: QueryDict, *, scope: Scope) -> LogAsked:
    """The filters in the address. Raises Http404 for a project that does not exist for this person."""
    text = _typed(query, "number").lstrip("#").replace(",", "").replace(" ", "")
    first, last = first_day(query.get("since", "")), last_day(query.get("until", ""))
    filters = LogFilters(
        type=_known(_typed(query, "type"), [*GROUPS, *EVENTS]),
        outcome=_known(_typed(query, "outcome"), [one.value for one in Outcome]),
        actor=_typed(query, "actor"),
        project=_project(scope, _typed(query, "project")),
        object=_object(_typed(query, "object")),
        number=_number(text),
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )
    wrong = bool(text) and filters.number is None
    error = "Entries are found by their number, like #4731." if wrong else ""
    return LogAsked(filters, text=text[:20], number_error=error)


def place_of(query: QueryDict, name: str) -> int | None:
    """The number after `before` or `after` in the address; None for what is none."""
    return _number(query.get(name, ""))


def facets_of(query: QueryDict, filters: LogFilters, *, scope: Scope) -> list[Facet]:
    """Every filter with its options but for the number, which has a field. Two queries."""
    facet = Facets(query)
    projects = [(one.slug, one.name) for one in projects_in(scope)]
    actors = [*people_in(scope), *((part, f"Slipway ({part})") for part in PARTS)]
    known = dict(actors)
    types = [(name, words) for name, (words, _) in GROUPS.items()]
    thing = filters.object
    about = f"{object_word(thing[0])} {thing[1]}" if thing else ""
    return [
        facet.of("type", "What", type_words(filters.type), options=types),
        facet.of("outcome", "Outcome", OUTCOME_WORDS.get(filters.outcome, ""), options=OUTCOME_WORDS.items()),
        facet.of("actor", "Who", known.get(filters.actor, filters.actor), options=actors),
        facet.of("project", "Project", filters.project.name if filters.project else "", options=projects),
        facet.of("object", "About", about, field=Field("Kind and key, like release:12", pattern="[a-z_]+:.+")),
        facet.period("period", "When"),
    ]


def _typed(query: QueryDict, name: str) -> str:
    given = query.get(name, "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return given.strip()[:LONGEST]


def _known(word: str, words: Sequence[str]) -> str:
    return word if word in words else ""


def _project(scope: Scope, slug: str) -> Project | None:
    if not slug:
        return None
    project = projects_in(scope).filter(slug=slug).first()
    if project is None:
        raise Http404("There is no such project here.")
    return project


def _object(word: str) -> tuple[str, str] | None:
    kind, _, key = word.partition(":")
    return (kind, key) if kind and key else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text[:20]) <= LARGEST else None


def _midnight(day: date) -> datetime:
    """When the day begins where the reader is."""
    return timezone.make_aware(datetime.combine(day, time.min))
