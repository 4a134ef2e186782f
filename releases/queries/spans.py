"""What stages run: the open live spans. Cost grows with the number of stages, never with history."""

from collections.abc import Collection

from releases.models import LiveSpan


def open_by_stage(stages: Collection[int]) -> dict[int, LiveSpan]:
    """What each of these stages runs now, by stage id, with the release. A stage that runs nothing is left out."""
    rows = LiveSpan.objects.filter(stage_id__in=stages, live_until__isnull=True).select_related(
        "release__project", "opened_by"
    )
    return {span.stage_id: span for span in rows}


def live_stages(releases: Collection[int]) -> set[tuple[int, int]]:
    """(release id, stage id) of every stage that runs one of these releases now."""
    rows = LiveSpan.objects.filter(release_id__in=releases, live_until__isnull=True)
    return set(rows.values_list("release_id", "stage_id"))
