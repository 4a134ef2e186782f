"""What two releases carry: artifacts by version, and the figures of their models. Pure."""

from collections.abc import Iterable, Sequence

from releases.models import Artifact
from releases.queries import metric_directions
from releases.queries.artifacts import is_same
from releases.queries.compare.lines import ADDED, CHANGED, REMOVED, Group, Line, Verdict, counted
from releases.queries.lineage import FROM_REGISTRY
from releases.queries.metric_words import difference_words, figure_words, label_of, unit_of
from releases.queries.sentences import version_words
from releases.states import ArtifactRole

Pair = tuple[Artifact | None, Artifact | None]
JUDGED = {metric_directions.Verdict.BETTER: Verdict.BETTER, metric_directions.Verdict.WORSE: Verdict.WORSE}


def pairs_of(a: Sequence[Artifact], b: Sequence[Artifact]) -> list[Pair]:
    """Each artifact beside the other release's: the one of the same alias, else the only one of the same thing."""
    left = {artifact.alias: artifact for artifact in b}
    found: list[Pair] = [(artifact, left.pop(artifact.alias, None)) for artifact in a]
    for at, (artifact, other) in enumerate(found):
        same = [one for one in left.values() if artifact and _thing(one) == _thing(artifact)]
        if other is None and len(same) == 1:
            found[at] = (artifact, left.pop(same[0].alias))
    return [*found, *((None, artifact) for artifact in left.values())]


def artifact_group(pairs: Sequence[Pair], *, commits: int) -> Group:
    """One line an artifact. `commits`: so many lie between the two releases, as far as that is recorded."""
    is_one_source = sum(_role(a, b) == ArtifactRole.CODE for a, b in pairs) == 1
    told = counted(commits, "commit") if commits and is_one_source else CHANGED
    return Group("artifacts", "Artifacts", [_artifact(a, b, of_code=told) for a, b in pairs])


def metric_groups(pairs: Iterable[Pair], *, why_missing: str) -> list[Group]:
    """One group a model or scaler that both releases carry and that has figures or should have some."""
    paired = [(a, b) for a, b in pairs if a and b and b.role in FROM_REGISTRY]
    groups = [_figures(a, b, why_missing=why_missing) for a, b in paired]
    return [group for group in groups if group.lines or group.notes]


def same_code(pairs: Iterable[Pair]) -> bool:
    """Whether both releases were made from the very same commits; False where that is not known."""
    code = [(a, b) for a, b in pairs if _role(a, b) == ArtifactRole.CODE]
    return bool(code) and all(a and b and a.source_version and is_same(a, b) for a, b in code)


def _thing(artifact: Artifact) -> tuple[str, str, str]:
    return artifact.type, artifact.role, artifact.name or artifact.source_id


def _role(a: Artifact | None, b: Artifact | None) -> str:
    one = b or a
    return one.role if one else ""


def _name(a: Artifact | None, b: Artifact | None) -> str:
    """What it is called with its role; a scaler named scaler is just that."""
    one = b or a
    named = (one.name or one.alias) if one else ""
    role = _role(a, b)
    return role if named.casefold() == role else f"{role} {named}"


def _artifact(a: Artifact | None, b: Artifact | None, *, of_code: str) -> Line:
    name = _name(a, b)
    name = name[:1].upper() + name[1:]
    before, after = (version_words(one) if one else "" for one in (a, b))
    is_code = _role(a, b) in {ArtifactRole.CODE, ArtifactRole.BUILD}
    if a is None or b is None:
        return Line(name, before, after, Verdict.CHANGED, ADDED if a is None else REMOVED, is_code)
    if is_same(a, b):
        return Line(name, before, after, Verdict.SAME, is_code=is_code)
    change = of_code if b.role == ArtifactRole.CODE else _steps(a, b)
    return Line(name, before, after, Verdict.CHANGED, change, is_code)


def _steps(a: Artifact, b: Artifact) -> str:
    """How far the versions of a registry are apart, where they are numbers."""
    if a.role not in FROM_REGISTRY or not (a.version.isdecimal() and b.version.isdecimal()):
        return CHANGED
    if a.version == b.version or len(a.version) > 9 or len(b.version) > 9:
        return CHANGED
    steps = int(b.version) - int(a.version)
    return f"{counted(abs(steps), 'version')} {'newer' if steps > 0 else 'older'}"


def _figures(a: Artifact, b: Artifact, *, why_missing: str) -> Group:
    before, after = _metrics(a), _metrics(b)
    title = f"Figures of {_name(a, b)}"
    notes = [f"{title} {version_words(one)}: {why_missing}" for one in (a, b) if _is_lost(one)]
    names = sorted({*before, *after}, key=lambda name: label_of(name).casefold())
    lines = [_figure(name, before.get(name), after.get(name)) for name in names]
    return Group(f"metrics-{b.alias}", title, lines, list(dict.fromkeys(notes)))


def _is_lost(artifact: Artifact) -> bool:
    return artifact.role == ArtifactRole.MODEL and artifact.model_version is None


def _metrics(artifact: Artifact) -> dict[str, float]:
    found = artifact.model_version.metrics if artifact.model_version else {}
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}


def _figure(name: str, a: float | None, b: float | None) -> Line:
    label, unit = label_of(name), unit_of(name)
    before, after = ("" if one is None else figure_words(one, unit) for one in (a, b))
    if a is None or b is None:
        return Line(label, before, after, Verdict.CHANGED, ADDED if a is None else REMOVED)
    if a == b:
        return Line(label, before, after, Verdict.SAME)
    verdict = JUDGED.get(metric_directions.verdict(name, b, a), Verdict.CHANGED)
    return Line(label, before, after, verdict, difference_words(a, b, unit))
