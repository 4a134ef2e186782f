"""Where P12 goes: every page of the URLconf, and some pages again with what makes them heavier. Used by `visits`.

What the filled past holds none of is made here: rules, whose forms are pages too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from releases.models import (
    Artifact,
    ArtifactRule,
    Endpoint,
    EndpointRule,
    ModelVersion,
    Release,
    TrainingRun,
    User,
)
from releases.states import ArtifactRole

LEFT_OUT = {
    "releases_export": "a file, not a page: it streams every row",
    "gallery": "shows components, no rows",
    "health": "no page",
    "synced": "a fragment of the frame, measured with every page",
}
"""Addresses that P12 leaves out, with the reason; those that only take a POST leave themselves out."""


@dataclass(frozen=True)
class Visit:
    """One page and how a browser asks for it; an empty address where this past has nothing to fill it with."""

    name: str
    address: str
    headers: dict[str, str] = field(default_factory=dict)


def visits(reader: User) -> Iterator[Visit]:
    """Every page, then the pages whose address says more than where they are."""
    newest = Release.objects.latest("created_on", "id")
    model = ModelVersion.objects.order_by("-id")[0]
    yield from _of_urls(reader, newest, model)
    yield from _searches(newest)
    then = (newest.created_on - timedelta(days=350)).isoformat()
    yield Visit("live_at, long ago", f"{reverse('live_at')}?{urlencode({'at': then})}")
    yield Visit("audit, a version", f"{reverse('audit')}?{urlencode({'name': model.name, 'version': model.version})}")
    project = newest.project.slug
    before = newest.pipeline.releases.order_by("-created_on", "-id")[1]
    two = {"a": f"{project}/{newest.azure_id}", "b": f"{project}/{before.azure_id}"}
    yield Visit("compare, two releases", f"{reverse('compare')}?{urlencode(two)}")
    oldest = ModelVersion.objects.order_by("id")[0]
    version = reverse("model_version", args=[oldest.workspace_id, oldest.name, oldest.version])
    yield Visit("model_version, the oldest", version)


def _of_urls(reader: User, newest: Release, model: ModelVersion) -> Iterator[Visit]:
    endpoint, run = Endpoint.objects.order_by("id")[0], TrainingRun.objects.order_by("-id")[0]
    of = {"project": newest.project.slug, "workspace": model.workspace_id}
    of_artifacts, _ = ArtifactRule.objects.get_or_create(type_pattern="AzureML", role=ArtifactRole.MODEL)
    of_endpoints, _ = EndpointRule.objects.get_or_create(endpoint_pattern="^prod-")
    parts: dict[str, dict[str, Any]] = {
        "pipeline": {**of, "azure_id": newest.pipeline.azure_id},
        "model_version": {**of, "name": model.name, "version": model.version},
        "training_run": {**of, "name": run.name},
        "endpoint": {**of, "name": endpoint.name},
        "person": {"pk": reader.pk},
        "release_choices": {"name": "model"},
        "artifact_rule_change": {"rule": of_artifacts.pk},
        "endpoint_rule_change": {"rule": of_endpoints.pk},
    }
    others = {**of, "azure_id": newest.azure_id}
    for name, pattern in _patterns():
        wanted = pattern.pattern.converters
        given = parts.get(name, others)
        try:
            address = reverse(name, kwargs={one: given[one] for one in wanted})
        except (KeyError, NoReverseMatch):
            address = ""
        yield Visit(name, address)


def _searches(newest: Release) -> Iterator[Visit]:
    """What is suggested while somebody types, from few letters to a whole name, and the page of the search."""
    commit = Artifact.objects.get(release=newest, role=ArtifactRole.CODE).version_id
    typed = {"few letters": "po", "a subject": "port weather", "a word of all": "release", "a commit": commit[:7]}
    typed |= {"a name": newest.name}
    for what, text in typed.items():
        address = f"{reverse('search')}?{urlencode({'q': text})}"
        yield Visit(f"search for {what}", address)
        yield Visit(f"search, typing {what}", address, {"HX-Request": "true"})


def _patterns(resolver: URLResolver | None = None) -> Iterator[tuple[str, URLPattern]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name and pattern.name not in LEFT_OUT:
            yield pattern.name, pattern
        elif isinstance(pattern, URLResolver) and not pattern.namespace:
            yield from _patterns(pattern)
