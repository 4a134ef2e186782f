"""What a release can be found by, as one text of words. Pure."""

from collections.abc import Iterable, Mapping

from releases.azure.answers import IdentityAnswer, ReleaseAnswer
from releases.queries.words import kept
from releases.states import ArtifactRole
from releases.sync.mapping.tables import ARTIFACT, Row

_REGISTERED = frozenset({ArtifactRole.MODEL.value, ArtifactRole.SCALER.value})
_SHOWN = tuple(
    ARTIFACT.at[name] for name in ("alias", "name", "version_name", "source_version", "branch", "repository")
)
_ROLE, _VERSION = ARTIFACT.at["role"], ARTIFACT.at["version"]


def words_of_release(answer: ReleaseAnswer, artifacts: Mapping[str, Row]) -> str:
    """Its name, who made it, its description and tags, and all that names its artifacts."""
    people = [name for who in (answer.created_for, answer.created_by) if who is not None for name in _names(who)]
    parts = [answer.name, *people, *(text for row in artifacts.values() for text in texts_of_artifact(row))]
    return kept(dict.fromkeys([*parts, *map(str, answer.tags), answer.description]))


def texts_of_artifact(row: Row) -> Iterable[str]:
    """Each name of one artifact; a model's version as people say it, `v7`."""
    yield from (row[at] for at in _SHOWN if row[at])
    if version := row[_VERSION]:
        yield f"v{version}" if row[_ROLE] in _REGISTERED and version[:1].isdigit() else version


def _names(who: IdentityAnswer) -> Iterable[str]:
    return (who.display_name, who.unique_name)
