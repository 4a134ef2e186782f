"""What a command is about: the names of targets, and the rows with everything that an act asks of them."""

from releases.models import Pipeline, Release, ReleaseStage, Workspace


def locked_stage(stage: ReleaseStage) -> ReleaseStage:
    """The stage of a release with release, project and pipeline; acts on one release take turns."""
    Release.objects.select_for_update(no_key=True).get(pk=stage.release_id)
    rows = ReleaseStage.objects.select_related("release__project__organization", "stage__pipeline")
    return rows.get(pk=stage.pk)


def locked_release(release: Release) -> Release:
    """The release with its project; acts on one release take turns."""
    Release.objects.select_for_update(no_key=True).get(pk=release.pk)
    return Release.objects.select_related("project__organization", "pipeline").get(pk=release.pk)


def stage_target(stage: ReleaseStage, *, attempt: int) -> str:
    """One attempt at one stage of one release, in Azure's numbers."""
    return f"{release_target(stage.release)}/stage:{stage.azure_id}/attempt:{attempt}"


def release_target(release: Release) -> str:
    """One release."""
    return f"{release.project.azure_id}/release:{release.azure_id}"


def locked_pipeline(pipeline: Pipeline) -> Pipeline:
    """The pipeline with its project; those who ask of one pipeline take turns."""
    Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    return Pipeline.objects.select_related("project__organization").get(pk=pipeline.pk)


def pipeline_target(pipeline: Pipeline) -> str:
    """One pipeline."""
    return f"{pipeline.project.azure_id}/pipeline:{pipeline.azure_id}"


def triggers_target(pipeline: Pipeline) -> str:
    """The triggers of one pipeline; a release of it may be made at the same time."""
    return f"{pipeline_target(pipeline)}/triggers"


def cluster_target(workspace: Workspace, name: str) -> str:
    """One compute of one workspace. Names have no case in ARM."""
    return f"workspace:{workspace.subscription_id}/{workspace.resource_group}/{workspace.name}/cluster:{name.lower()}"
