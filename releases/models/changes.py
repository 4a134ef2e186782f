"""What a release brought: commits and work items, as Azure DevOps lists them. Written only by `releases.sync`."""

from django.db import models

from releases.models.catalog import Project
from releases.models.commits import beginning_of
from releases.models.history import Release
from releases.models.people import Identity


class Commit(models.Model):
    """One commit of a repository that a release carries."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="commits")
    sha = models.CharField(max_length=64)
    repository = models.CharField(max_length=400, blank=True)
    author = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    committer = models.ForeignKey(Identity, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.TextField(blank=True)
    committed_on = models.DateTimeField(null=True)
    web_url = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "repository", "sha"], name="commit_once")]
        indexes = [
            models.Index(beginning_of(models.F("sha")), name="commit_beginning"),
            models.Index(fields=["project", "sha"], name="commit_by_sha"),  # for the search: fewer letters, one project
        ]

    def __str__(self) -> str:
        return self.sha[:7]


class ReleaseCommit(models.Model):
    """One commit that a release brought against the release before it, as Azure DevOps lists them."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="release_commits")
    commit = models.ForeignKey(Commit, on_delete=models.CASCADE, related_name="release_commits")
    alias = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "commit"], name="release_commit_once")]

    def __str__(self) -> str:
        return f"{self.release} {self.commit}"


class WorkItem(models.Model):
    """One work item that Azure DevOps links to a release."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="work_items")
    azure_id = models.CharField(max_length=64)
    title = models.CharField(max_length=500, blank=True)
    type = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=100, blank=True)
    web_url = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "azure_id"], name="work_item_once")]

    def __str__(self) -> str:
        return f"#{self.azure_id}"


class ReleaseWorkItem(models.Model):
    """One work item linked to one release."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="release_work_items")
    work_item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="release_work_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "work_item"], name="release_work_item_once")]

    def __str__(self) -> str:
        return f"{self.release} {self.work_item}"
