"""The filters of the releases list as links: what is set, what can be set, the URL of each. Used by its views."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from dashboard.addressed import CREATED_WITHIN, first_day, last_day
from dashboard.times import span_of_days
from releases.models import Pipeline, User
from releases.queries import choices
from releases.queries.filters import Filters
from releases.queries.sentences import NAMES
from releases.states import ArtifactRole, TriggerKind

STATE_NAMES = {
    "live": "Live now",
    "waiting": "Waiting for approval",
    "running": "Running",
    "queued": "Queued or scheduled",
    "failed": "A stage failed or was rejected",
    "partly_succeeded": "A stage succeeded partly",
    "canceled": "A stage was canceled",
    "succeeded": "A stage succeeded",
}
PAGING = ("before", "after")
CREATED = ("since", "until")
TYPED = ("model", "scaler", "person")
"""Filters with suggestions."""


@dataclass(frozen=True)
class Option:
    """One value a filter can take, with the URL that sets it."""

    label: str
    url: str
    value: str = ""


@dataclass(frozen=True)
class Field:
    """What may be typed into a filter: an example, and where its suggestions are; `pattern` for a browser to check."""

    example: str
    choices: str = ""
    pattern: str = ""


@dataclass(frozen=True)
class Facet:
    """One filter: its value in words and the URL that clears it, or its options, a field, or two `days` to fill in."""

    name: str
    label: str
    value: str
    clear: str
    options: Sequence[Option] = ()
    field: Field | None = None
    days: Sequence[tuple[str, str, str]] = ()
    kept: Sequence[tuple[str, str]] = ()


def facets_of(query: QueryDict, filters: Filters, *, pipelines: Sequence[Pipeline]) -> list[Facet]:
    """Every filter with its options, but for the text, which has a field of its own. Asks nothing of the database."""
    offered = [(str(one.pk), one.name) for one in pipelines]
    triggers = [(kind.value, NAMES[kind]) for kind in TriggerKind]
    model, scaler = _version(filters.model, filters.version), _version(filters.scaler, filters.scaler_version)
    trigger = NAMES[TriggerKind(filters.trigger)] if filters.trigger else ""
    facet = Facets(query)
    return [
        facet.of("pipeline", "Pipeline", filters.pipeline.name if filters.pipeline else "", options=offered),
        facet.of("state", "Stage status", STATE_NAMES.get(filters.state, ""), options=STATE_NAMES.items()),
        facet.of("trigger", "Trigger", trigger, options=triggers),
        facet.of("model", "Model version", model, field=facet.field("model", "Name, or name:version")),
        facet.of("scaler", "Scaler", scaler, field=facet.field("scaler", "Name, or name:version")),
        facet.of("commit", "Commit", filters.commit[:7], field=Field("7 letters or more", pattern="[0-9a-fA-F]{7,64}")),
        facet.of("person", "Person", filters.person, field=facet.field("person", "Name or e-mail address")),
        facet.period("created", "Created"),
    ]


def kept_beside(query: QueryDict, *names: str) -> list[tuple[str, str]]:
    """What stays in the address when the filters of these names change; the list begins again at its newest page."""
    return [(key, str(one)) for key, one in query.items() if key not in (*names, *PAGING) and one]


def choices_of(user: User, query: QueryDict, name: str) -> list[Option]:
    """What is suggested for a filter that may be typed: what the newest releases carry, and who they were made for."""
    if name == "person":
        offered = [(one, one) for one in choices.people(user)]
    else:
        role = ArtifactRole(name)
        offered = [(f"{one}:{version}", _version(one, version)) for one, version in choices.versions(user, role)]
    kept = kept_beside(query, name)
    return [Option(words, _url(kept, **{name: value}), value) for value, words in offered]


@dataclass(frozen=True)
class Facets:
    """Makes the facets of one address, of whatever list it is."""

    query: QueryDict

    def of(
        self, name: str, label: str, value: str, *, options: Iterable[tuple[str, str]] = (), field: Field | None = None
    ) -> Facet:
        """One filter that has one parameter."""
        kept = kept_beside(self.query, name)
        made = [] if value else [Option(words, _url(kept, **{name: one})) for one, words in options]
        return Facet(name, label, value, _url(kept), made, field, kept=kept)

    def field(self, name: str, example: str) -> Field:
        """A field whose suggestions are fetched when it is opened."""
        kept = _url(kept_beside(self.query, name))
        return Field(example, f"{reverse('release_choices', args=[name])}{kept if kept != '?' else ''}")

    def period(self, name: str, label: str) -> Facet:
        """From one day until another, or the last so many days."""
        kept = kept_beside(self.query, *CREATED)
        first, last = first_day(self.query.get("since", "")), last_day(self.query.get("until", ""))
        within = CREATED_WITHIN.get(self.query.get("since", "")) if not last else None
        value = within or span_of_days(first, last)
        offered = [(since, f"{words[0].upper()}{words[1:]}") for since, words in CREATED_WITHIN.items()]
        options = [Option(words, _url(kept, since=since)) for since, words in offered]
        ends = zip(CREATED, ("From", "Until"), strict=True)
        days = [(end, words, str(self.query.get(end, ""))) for end, words in ends]
        return Facet(name, label, value, _url(kept), options, days=days, kept=kept)


def _version(name: str, version: str) -> str:
    return f"{name} v{version}" if version[:1].isdigit() else " ".join(word for word in (name, version) if word)


def _url(kept: Iterable[tuple[str, str]], **more: str) -> str:
    query = QueryDict(mutable=True)
    query.update(dict([*kept, *more.items()]))
    return f"?{query.urlencode()}"
