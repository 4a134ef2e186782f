"""A past on which rules are tried, and the way an administrator goes: ask, have it answered, save."""

from typing import Any

from releases.actions import artifact_rules
from releases.actions.artifact_rules import Wish
from releases.models import Inquiry, Pipeline, Project, User
from releases.queries.artifact_rules import standing
from releases.states import ArtifactRole, TriggerKind
from releases.sync import inquiries
from tests import factories


def past(project: Project | None = None, *, releases: int = 3) -> Pipeline:
    """A pipeline whose releases carry `weights`, which counts as other, and code; each was set off by the weights."""
    pipeline = factories.pipeline(project=project or factories.project())
    for number in range(releases):
        release = factories.release(pipeline=pipeline, trigger_kind=TriggerKind.UNKNOWN, trigger_alias="weights")
        other = {"type": "Blob", "name": "weights", "role": ArtifactRole.OTHER, "version": str(number)}
        factories.artifact(release=release, alias="weights", is_triggering=True, **other)
        factories.artifact(release=release, alias="code", type="Git", name="code", role=ArtifactRole.CODE)
    return pipeline


def wish(project: Project | None = None, **fields: Any) -> Wish:
    """A rule that makes models of weights, seen as the rules stand now."""
    defaults: dict[str, Any] = {"verb": "add", "name_pattern": "weights", "role": ArtifactRole.MODEL.value}
    given = {"project": project.pk if project else None, "seen": standing(project), **defaults, **fields}
    return Wish(**given)


def tried(wanted: Wish, *, by: User) -> Inquiry:
    """Asked and answered."""
    return inquiries.answer(artifact_rules.ask(wanted, by=by))
