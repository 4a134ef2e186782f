"""Every pipeline in one word, for the frame of every page: no rows of releases, attempts or people are made for it.

The words and what comes of them are told by `queries.statuses` and `queries.pipelines`, as for the overview.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from releases.models import Deployment, Drift, LiveSpan, Pipeline, User
from releases.queries import approvals_seen
from releases.queries.pipelines import Standing, followed, stages_with_attempts, word_of
from releases.queries.statuses import Word, attempt_word
from releases.states import ApprovalStatus


@dataclass(frozen=True)
class PipelineWord:
    """One pipeline and how it stands."""

    pipeline: Pipeline
    word: Word


def pipeline_words(user: User) -> list[PipelineWord]:
    """Every pipeline the person sees, by name, with its word. Five queries, whatever the history."""
    pipelines = list(followed(user))
    standings = _standings([row.pk for row in pipelines])
    return [PipelineWord(row, word_of(standings[row.pk])) for row in pipelines]


def _standings(pipelines: Collection[int]) -> dict[int, list[Standing]]:
    """How the stages of each pipeline stand, by pipeline id."""
    rows = stages_with_attempts(pipelines).annotate(
        is_live=Exists(LiveSpan.objects.filter(stage=OuterRef("pk"), live_until=None)),
        is_drifting=Exists(Drift.objects.filter(stage=OuterRef("pk"), drift_until=None)),
    )
    stages = list(rows.values_list("pipeline_id", "newest", "ran", "is_live", "is_drifting"))
    words = _attempt_words({pk for _, newest, ran, _, _ in stages for pk in (newest, ran) if pk})
    found: dict[int, list[Standing]] = defaultdict(list)
    for pipeline, newest, ran, is_live, is_drifting in stages:
        found[pipeline].append(Standing(words.get(newest), words.get(ran), is_live, is_drifting))
    return found


def _attempt_words(attempts: Collection[int]) -> dict[int | None, Word]:
    """The word of each of these attempts, by id."""
    fields = ("pk", "status", "operation_status", "release_stage_id", "attempt")
    rows = list(Deployment.objects.filter(pk__in=attempts).values_list(*fields))
    answers = approvals_seen.answers_of({release_stage for _, _, _, release_stage, _ in rows})
    words: dict[int | None, Word] = {}
    for pk, status, operation, release_stage, attempt in rows:
        given = answers.get((release_stage, attempt), set())
        is_waiting, was_refused = ApprovalStatus.PENDING in given, ApprovalStatus.REJECTED in given
        words[pk] = attempt_word(status, operation=operation, is_waiting=is_waiting, was_refused=was_refused)
    return words
