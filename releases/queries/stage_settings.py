"""What an endpoint's deployment is configured with beside what the stage's live release asks for (S2).

Asked by an endpoint's page; `stage_settings` serves any page that shows a stage. The comparison is pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from releases.models import EndpointDeployment, LiveSpan, PipelineRevision, Release, ReleaseStage
from releases.queries.asked_settings import Asked, asked_for
from releases.queries.setting_names import Setting, Value, same

LABELS = {
    Setting.MIN_INSTANCES: "Autoscale, fewest",
    Setting.MAX_INSTANCES: "Autoscale, most",
    Setting.TARGET_UTILIZATION: "Target utilisation",
    Setting.INSTANCE_COUNT: "Instances",
    Setting.INSTANCE_TYPE: "Instance type",
    Setting.CPU: "CPU",
    Setting.MEMORY: "Memory",
    Setting.GPU: "GPU",
    Setting.CONCURRENCY: "Concurrent requests",
    Setting.TIMEOUT: "Scoring time-out",
    Setting.QUEUE_WAIT: "Longest wait in the queue",
    Setting.AUTH: "Authentication",
    Setting.APP_INSIGHTS: "Application Insights",
}
UNITS = {
    Setting.TARGET_UTILIZATION: " %",
    Setting.MEMORY: " GB",
}
SIGN_INS = {"key": "Key", "aml_token": "Azure ML token", "aad_token": "Microsoft Entra token", "none": "None"}


@dataclass(frozen=True)
class Line:
    """One setting: what the deployment has, what the release asks, where, and how they compare.

    `verdict`: same, differs, not_asked, not_reported, or unclear (what is asked is no value that could be compared).
    """

    label: str
    has: str
    asked: str = ""
    source: str = ""
    verdict: str = "not_asked"


@dataclass(frozen=True)
class StageSettings:
    """The settings of one deployment beside one release's wishes; `release` None: nothing is live in the stage."""

    deployment: EndpointDeployment
    release: Release | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def differing(self) -> list[Line]:
        """The settings that are not as asked."""
        return [line for line in self.lines if line.verdict == "differs"]

    @property
    def asks_any(self) -> bool:
        """Whether the release asks for any setting at all."""
        return any(line.asked for line in self.lines)


def stage_settings(deployment: EndpointDeployment, span: LiveSpan | None) -> StageSettings:
    """The deployment against the release live in a stage. Two queries; the deployment comes with its endpoint."""
    asked = _asked(span) if span else {}
    return StageSettings(deployment, span.release if span else None, compared(deployment, asked))


def compared(deployment: EndpointDeployment, asked: Mapping[Setting, Asked]) -> list[Line]:
    """A line for each setting that is reported or asked for, in the order people read them."""
    has = reported(deployment)
    return [_line(one, has.get(one), asked.get(one)) for one in Setting if one in has or one in asked]


def reported(deployment: EndpointDeployment) -> dict[Setting, Value]:
    """What Azure ML reports of a deployment and of its endpoint's sign-in."""
    held = {**deployment.settings, Setting.INSTANCE_COUNT.value: deployment.instance_count}
    held[Setting.INSTANCE_TYPE.value] = deployment.instance_type
    held[Setting.AUTH.value] = _sign_in(deployment.endpoint.auth_mode)
    return {
        one: held[one.value]
        for one in Setting
        if isinstance(held.get(one.value), float | int | str) and held[one.value] != ""
    }


def words(setting: Setting, value: Value) -> str:
    """A value as people read it."""
    if setting is Setting.AUTH:
        return SIGN_INS.get(str(value), str(value))
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value
    if setting in {Setting.TIMEOUT, Setting.QUEUE_WAIT}:
        return f"{value / 1000:g} s" if value >= 1000 else f"{value:g} ms"
    if setting is Setting.CPU:
        return f"{value:g} core{'' if value == 1 else 's'}"
    return f"{value:g}{UNITS.get(setting, '')}"


def _line(setting: Setting, has: Value | None, asked: Asked | None) -> Line:
    shown = "" if has is None else words(setting, has)
    if asked is None:
        return Line(LABELS[setting], shown)
    wish = asked.text if asked.value is None else words(setting, asked.value)
    return Line(LABELS[setting], shown, wish, asked.source, _verdict(has, asked.value))


def _verdict(has: Value | None, wish: Value | None) -> str:
    if wish is None:
        return "unclear"
    if has is None:
        return "not_reported"
    return "same" if same(has, wish) else "differs"


def _sign_in(mode: str) -> str:
    """`Key`, `AMLToken`, `AADToken` as we write them."""
    word = mode.replace("_", "").lower()
    return {"key": "key", "amltoken": "aml_token", "aadtoken": "aad_token"}.get(word, mode)


def _asked(span: LiveSpan) -> dict[Setting, Asked]:
    row = ReleaseStage.objects.filter(release=span.release_id, stage=span.stage_id).select_related("stage").first()
    if row is None:
        return {}
    revisions = PipelineRevision.objects.filter(
        pipeline=row.stage.pipeline_id, revision=span.release.definition_revision
    )
    document = revisions.values_list("document", flat=True).first()
    tasks = _tasks(document, environment=row.stage.definition_environment_id)
    return asked_for(tasks=tasks, stage=_mapped(row.variables), release=_mapped(span.release.variables))


def _tasks(document: Any, *, environment: int) -> list[Mapping[str, Any]]:
    """The workflow tasks of one stage in a revision's document, whatever of it is not as it should be left out."""
    stages = [one for one in _listed(_mapped(document).get("environments")) if one.get("id") == environment]
    phases = [phase for one in stages for phase in _listed(one.get("deployPhases"))]
    return [task for phase in phases for task in _listed(phase.get("workflowTasks"))]


def _listed(value: Any) -> Iterable[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _mapped(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
