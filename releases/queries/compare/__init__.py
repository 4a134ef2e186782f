"""Two releases beside each other: what differs, what is better or worse where that is known, and what nobody can say.

The page and the API show the same `Comparison`. What it costs does not grow with history or with what is compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from releases.models import Deployment, Release
from releases.queries import artifacts
from releases.queries.compare.carried import artifact_group, metric_groups, pairs_of, same_code
from releases.queries.compare.commits import Between, between
from releases.queries.compare.lines import Group, Line, Verdict, counted, listed
from releases.queries.compare.sides import Option, Side, older_first, options, side, sides_by_id
from releases.queries.compare.stages import delivery_group, stage_group, stage_pairs
from releases.queries.compare.variables import variable_group
from releases.queries.releases import Row, rows_of

__all__ = [
    "Comparison", "Group", "Line", "Option", "Side", "Verdict",
    "compare", "older_first", "options", "side", "sides_by_id",
]  # fmt: skip


JUDGED = (Verdict.BETTER, Verdict.WORSE)
NAMED = 2
"""So many artifacts that stayed are named in the sentence."""


@dataclass(frozen=True)
class Comparison:
    """Everything that a comparison shows. `a` is the first release, `b` the second; `groups` come in reading order."""

    a: Row
    b: Row
    groups: Sequence[Group]
    commits: Between

    @property
    def is_one_pipeline(self) -> bool:
        """Whether both come from the same pipeline."""
        return self.a.release.pipeline_id == self.b.release.pipeline_id

    @property
    def sentence(self) -> str:
        """The answer in words: what differs, which way the figures went, and what stayed."""
        found = self._differences()
        if not found:
            return "Artifacts, figures and variables are the same."
        verb = "differs" if len(found) == 1 and found[0].startswith("1 of") else "differ"
        return " ".join([f"{listed(found)} {verb}.", *self._directions(), *self._kept()])

    def _lines(self, kind: str) -> list[Line]:
        return [line for group in self.groups if group.key.startswith(kind) for line in group.lines]

    def _differences(self) -> list[str]:
        found = []
        for kind, noun in (("artifacts", "artifact"), ("metrics", "figure"), ("variables", "variable")):
            lines = self._lines(kind)
            if differing := sum(line.differs for line in lines):
                found.append(f"{differing} of {counted(len(lines), noun)}")
        return found

    def _directions(self) -> list[str]:
        counts = {word: sum(line.verdict is word for line in self._lines("metrics")) for word in JUDGED}
        told = listed(f"{number} {'is' if number == 1 else 'are'} {word}" for word, number in counts.items() if number)
        return [f"Of the figures {told}."] if told else []

    def _kept(self) -> list[str]:
        """The artifacts that stayed, where they are few enough to be named."""
        kept = [f"{line.name} {line.b}" for line in self._lines("artifacts") if line.verdict is Verdict.SAME]
        return [f"{listed(kept)} {'is' if len(kept) == 1 else 'are'} the same."] if 0 < len(kept) <= NAMED else []


def compare(a: Release, b: Release) -> Comparison:
    """Both must come with project, organization, pipeline and people. At most sixteen queries."""
    first, second = rows_of([a, b])
    carried = artifacts.of_releases([a.pk, b.pk], with_lineage=True)
    pairs = pairs_of(carried.get(a.pk, []), carried.get(b.pk, []))
    stages = stage_pairs(first, second)
    rows = [(one.row if one else None, other.row if other else None) for one, other in stages]
    commits = between(a, b, is_same_code=same_code(pairs))
    groups = [
        artifact_group(pairs, commits=sum(one.count for one in commits.sides)),
        *metric_groups(pairs, why_missing=_why_missing(b)),
        variable_group(a, b, stages=rows),
        stage_group(stages, _attempts(first, second)),
        delivery_group(first, second),
    ]
    return Comparison(first, second, groups, commits)


def _attempts(*rows: Row) -> dict[int, list[Deployment]]:
    ids = [cell.row.pk for row in rows for cell in row.stages]
    found: dict[int, list[Deployment]] = {}
    for attempt in Deployment.objects.filter(release_stage_id__in=ids).order_by("attempt"):
        found.setdefault(attempt.release_stage_id, []).append(attempt)
    return found


def _why_missing(release: Release) -> str:
    has_workspace = release.project.workspaces.exists()
    return "not found in the registry." if has_workspace else "no Azure ML workspace is connected."
