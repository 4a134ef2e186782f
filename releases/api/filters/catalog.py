"""Parameters of the lists of projects and pipelines."""

from releases.api.filters.base import PageFilter, word


class ProjectFilter(PageFilter):
    """Parameters of `projects`."""

    organization = word("Name of the organization.")


class PipelineFilter(PageFilter):
    """Parameters of `pipelines`."""

    project = word("Slug of the project.")
    name = word("Name of the pipeline, whatever its case.")
