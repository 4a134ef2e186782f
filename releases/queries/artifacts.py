"""The artifact versions that releases carry, in the order people read them. Asked wherever a release is shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F

from releases.models import Artifact
from releases.queries.sentences import version_words
from releases.states import ArtifactRole

ORDER = [ArtifactRole.MODEL, ArtifactRole.SCALER, ArtifactRole.CODE, ArtifactRole.BUILD, ArtifactRole.OTHER]


@dataclass(frozen=True)
class Version:
    """One artifact of a release beside another release's version of it; `before` is empty when nothing changed."""

    artifact: Artifact
    now: str
    before: str = ""

    @property
    def name(self) -> str:
        """What the team calls it."""
        return self.artifact.name or self.artifact.alias

    @property
    def role(self) -> str:
        """Model, scaler, code, build or other."""
        return self.artifact.role


def of_releases(releases: Collection[int], *, with_lineage: bool = False) -> dict[int, list[Artifact]]:
    """The artifacts by release id, models first. One query; with lineage their model version and training run too.

    Each notes as `registry_id` the workspace whose registry knows its version, None where none does.
    """
    rows = Artifact.objects.filter(release_id__in=releases).annotate(registry_id=F("model_version__workspace_id"))
    if with_lineage:
        rows = rows.select_related("model_version__training_run", "model_version__workspace")
    found: dict[int, list[Artifact]] = defaultdict(list)
    for artifact in rows:
        found[artifact.release_id].append(artifact)
    for artifacts in found.values():
        artifacts.sort(key=_rank)
    return found


def beside(artifacts: Iterable[Artifact], *, other: Sequence[Artifact] = ()) -> list[Version]:
    """The versions of a release, each with the other release's where that differs. The same artifact has one alias."""
    known = {artifact.alias: artifact for artifact in other}
    return [_version(artifact, known.get(artifact.alias)) for artifact in artifacts]


def is_same(artifact: Artifact, other: Artifact) -> bool:
    """Whether both are the same version of the same thing (decision 7)."""
    return _identity(artifact) == _identity(other)


def _version(artifact: Artifact, other: Artifact | None) -> Version:
    now = version_words(artifact)
    if other is None or is_same(artifact, other):
        return Version(artifact=artifact, now=now)
    return Version(artifact=artifact, now=now, before=version_words(other))


def _identity(artifact: Artifact) -> tuple[str, str, str, str]:
    return artifact.type, artifact.source_id, artifact.version_id, artifact.source_version


def _rank(artifact: Artifact) -> tuple[int, str]:
    return (ORDER.index(ArtifactRole(artifact.role)) if artifact.role in ORDER else len(ORDER), artifact.alias)
