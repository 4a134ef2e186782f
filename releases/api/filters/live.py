"""Parameters of the lists of what stages ran."""

from releases.api.filters.base import PageFilter, by_id, time, word


class LiveSpanFilter(PageFilter):
    """Parameters of `live-spans`."""

    project = word("Slug of the project.")
    pipeline = by_id("Our id of the pipeline.")
    stage = by_id("Our id of the pipeline's stage.")
    release = by_id("Our id of the release.")
    model = word("Name of a model or scaler that the release carries.")
    model_version = word("Its version, together with `model` or alone.")
    at = time("Live at this moment: at most one of each stage.")
