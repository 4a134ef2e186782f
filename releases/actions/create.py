"""Somebody makes a release of versions they chose, or asks which there are. Called by its page and the API.

What is on offer is an inquiry that `sync.offers` answers; many who look at once cost one call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from releases.actions.acting import acting
from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import LONGEST_REASON, Wish, record, recorded_before
from releases.actions.commands.targets import pipeline_target
from releases.actions.commands.unchanged import check_nothing_changed
from releases.audit import Actor
from releases.errors import Invalid
from releases.models import Command, Inquiry, Pipeline, User
from releases.nudge import nudge
from releases.policies.commands import check_can_create
from releases.queries import offers
from releases.queries.offers import Offers, Source
from releases.queries.pipeline_snapshot import differences, seen_of_pipeline
from releases.queries.snapshot import Seen
from releases.states import CommandKind

FRESH = timedelta(seconds=60)
ANSWERED_WITHIN = timedelta(minutes=3)
"""A question nobody answered for so long is asked again."""

KEPT = timedelta(days=7)
"""Answers are kept so long, for forms that are sent late; what was chosen from is kept with the command for ever."""

LONGEST_VERSION = 400


@dataclass(frozen=True)
class Order:
    """What the release is to be made of: version ids by alias, as offered or, where Azure could not tell, as typed."""

    versions: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    is_draft: bool = False
    manual_stages: tuple[str, ...] = ()


def ask_versions(pipeline: Pipeline, *, by: User, anew: bool = False, now: datetime | None = None) -> Inquiry:
    """The question what is on offer: one of the last minute, whoever asked it, or a new one. Raises Denied.

    `anew` takes no answer that is there already.
    """
    now = now or timezone.now()
    with acting(by):
        row = _locked(pipeline)
        check_can_create(by, row)
        known = _known(row, anew=anew, now=now)
        if known is not None:
            return known
        Inquiry.objects.filter(kind=offers.KIND, asked_at__lt=now - KEPT).delete()
        inquiry = Inquiry.objects.create(kind=offers.KIND, payload={"pipeline": row.pk}, asked_by=by, asked_at=now)
        transaction.on_commit(lambda: nudge("inquiries.answer", inquiry=str(inquiry.pk)))
    return inquiry


def create(pipeline: Pipeline, *, by: Actor, asked: Asked, seen: Seen, order: Order) -> Command:
    """Ask for a release. `seen` is what the person saw: the pipeline and the answer they chose from (`offers.seen_of`).

    Raises Denied, Invalid (a version that is not on offer or missing, a stage there is not, a description too long),
    Conflict (`changed` with what changed in the pipeline) and what `record` raises.
    """
    with acting(by):
        row = _locked(pipeline)
        wish = _wish(row, seen=seen, order=order)
        known = recorded_before(wish, by=by, asked=asked)
        if known is not None:
            return known
        check_can_create(by, row)
        check_nothing_changed(row, differences(seen, seen_of_pipeline(row)))
        return record(wish, by=by, asked=asked)


def _known(pipeline: Pipeline, *, anew: bool, now: datetime) -> Inquiry | None:
    """The newest question that waits for its answer, or whose answer is fresh."""
    recent = Inquiry.objects.filter(kind=offers.KIND, payload__pipeline=pipeline.pk)
    newest = recent.filter(asked_at__gt=now - ANSWERED_WITHIN).order_by("-asked_at").first()
    if newest is None or newest.state == Inquiry.State.FAILED:
        return None
    if newest.answered_at is None:
        return newest
    return newest if not anew and newest.answered_at > now - FRESH else None


def _locked(pipeline: Pipeline) -> Pipeline:
    """The pipeline with its project; those who ask of one pipeline take turns."""
    Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    return Pipeline.objects.select_related("project__organization").get(pk=pipeline.pk)


def _wish(pipeline: Pipeline, *, seen: Seen, order: Order) -> Wish:
    found = offers.offers_seen(pipeline, seen)
    artifacts = [_chosen(source, order) for source in found.sources]
    _check_names(found, seen, order)
    description = _description(order.description)
    rows = [[one["alias"], "", "", one["version_id"], one["version_name"], ""] for one in artifacts]
    offered = {source.alias: [version.id for version in source.versions] for source in found.sources}
    return Wish(
        kind=CommandKind.CREATE,
        project=pipeline.project,
        target=pipeline_target(pipeline),
        payload={
            "definition": pipeline.azure_id,
            "artifacts": artifacts,
            "description": description,
            "is_draft": order.is_draft,
            "manual_stages": list(order.manual_stages),
        },
        pipeline=pipeline,
        seen={**seen, "artifacts": rows, "offered": offered},
    )


def _chosen(source: Source, order: Order) -> dict[str, Any]:
    """The version of one artifact as Azure is told. Nothing is left to Azure, whose default may be newer by then."""
    wanted = order.versions.get(source.alias, "").strip()
    if not wanted:
        raise Invalid(f"Choose a version of {source.alias}.", code="version_missing")
    version = source.version(wanted)
    if version is not None:
        told = {"version_id": version.id, "version_name": version.name, "branch": version.branch}
        return {"alias": source.alias, **told}
    if not source.error or len(wanted) > LONGEST_VERSION or not wanted.isprintable():
        raise Invalid(f"{source.alias} has no version {wanted[:60]} on offer.", code="not_on_offer")
    return {"alias": source.alias, "version_id": wanted, "version_name": wanted, "branch": ""}


def _check_names(found: Offers, seen: Seen, order: Order) -> None:
    """Nothing may be named that the pipeline does not have. Raises Invalid."""
    aliases = {source.alias for source in found.sources}
    for unknown in sorted(order.versions.keys() - aliases):
        raise Invalid(f"The pipeline has no artifact {unknown[:60]}.", code="no_artifact")
    for unknown in sorted(set(order.manual_stages) - set(seen.get("stages", {}))):
        raise Invalid(f"The pipeline has no stage {unknown[:60]}.", code="no_stage")


def _description(text: str) -> str:
    description = text.replace("\0", "\u2400").replace("\r\n", "\n").strip()
    if len(description) > LONGEST_REASON:
        raise Invalid(f"Keep the description below {LONGEST_REASON} characters.", code="description_too_long")
    return description
