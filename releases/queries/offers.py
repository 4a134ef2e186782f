"""What a new release of a pipeline may be made of, from the answered inquiry. Asked by its page, the API, the action.

Reads rows only; `releases.sync.offers` writes the answer, whose form is `Offers` as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from releases.errors import Conflict
from releases.models import Inquiry, Pipeline
from releases.queries.pipeline_snapshot import newest_definition, seen_of_pipeline
from releases.queries.snapshot import Seen

KIND = "artifact_versions"
MOST = 100
"""Azure DevOps offers no more versions of one artifact."""

SELECTED = "selectduringreleasecreationtype"
"""Azure's word for an artifact that has no default: somebody must choose."""


@dataclass(frozen=True)
class OfferedVersion:
    """One version that may be chosen; `commit` and `message` are of code, empty for most others."""

    id: str
    name: str = ""
    branch: str = ""
    commit: str = ""
    message: str = ""


@dataclass(frozen=True)
class Source:
    """One artifact of the pipeline with what there is of it, newest first. `error`: why Azure could not tell.

    `is_told` is False where no answer speaks of it.
    """

    alias: str
    type: str = ""
    name: str = ""
    must_be_chosen: bool = False
    versions: tuple[OfferedVersion, ...] = ()
    default: str = ""
    error: str = ""
    is_told: bool = True

    @property
    def can_be_chosen(self) -> bool:
        """Whether there is a version to choose, or one may be typed because Azure could not tell."""
        return bool(self.versions or self.error)

    @property
    def is_cut(self) -> bool:
        """Whether there may be older ones that Azure does not offer."""
        return len(self.versions) >= MOST

    def version(self, id: str) -> OfferedVersion | None:
        """The version with this id."""
        return next((one for one in self.versions if one.id == id), None)


@dataclass(frozen=True)
class Offers:
    """What is known: `is_open` while Azure is asked, `sentence` says why it could not be asked at all."""

    inquiry: Inquiry | None
    sources: tuple[Source, ...] = field(default_factory=tuple)
    is_open: bool = False
    sentence: str = ""


def offers_of(pipeline: Pipeline, inquiry: Inquiry | None) -> Offers:
    """The pipeline's artifacts with what the inquiry brought. One query."""
    answer = inquiry.answer if inquiry else {}
    is_open = inquiry is not None and inquiry.state in (Inquiry.State.ASKED, Inquiry.State.ANSWERING)
    told = {str(one.get("alias")): one for one in answer.get("artifacts", [])}
    sources = tuple(
        _source(told.get(one.alias), alias=one.alias, type=one.type, name=one.name, must=one.default_type == SELECTED)
        for one in newest_definition(pipeline).artifacts
    )
    return Offers(inquiry, sources, is_open, str(answer.get("sentence", "")))


def inquiry_of(pipeline: Pipeline, id: UUID | str) -> Inquiry | None:
    """The question with this id, if it is about this pipeline."""
    try:
        wanted = UUID(str(id))
    except ValueError:
        return None
    row = Inquiry.objects.filter(pk=wanted, kind=KIND).first()
    return row if row is not None and row.payload.get("pipeline") == pipeline.pk else None


def seen_of(pipeline: Pipeline, inquiry: Inquiry) -> Seen:
    """What somebody sees who chooses: the pipeline as it stands, and which answer they choose from."""
    return {**seen_of_pipeline(pipeline), "offer": str(inquiry.pk)}


def offers_seen(pipeline: Pipeline, seen: Seen) -> Offers:
    """The offers somebody chose from. Raises Conflict when these are of another pipeline or not answered."""
    inquiry = inquiry_of(pipeline, str(seen.get("offer", "")))
    if inquiry is None or inquiry.state != Inquiry.State.ANSWERED:
        raise Conflict("Which versions there are is not known. Ask again.", code="not_answered")
    return offers_of(pipeline, inquiry)


def _source(told: Mapping[str, Any] | None, *, alias: str, type: str, name: str, must: bool) -> Source:
    if told is None:
        return Source(alias, type, name, must, is_told=False)
    versions = tuple(OfferedVersion(**one) for one in told["versions"])
    return Source(alias, type, name, must, versions, told["default"], told["error"])
