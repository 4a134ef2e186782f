"""Two releases beside each other, as the compare page shows them."""

from typing import Any

from rest_framework import serializers

from releases.api.serializers.catalog import PipelineNameSerializer
from releases.api.serializers.people import person
from releases.models import Commit, Release
from releases.queries.compare import Comparison, Group, Line, Verdict
from releases.queries.compare.commits import Between, Commits
from releases.queries.links import release_url, shown


class ComparedReleaseSerializer(serializers.ModelSerializer[Release]):
    """One side of a comparison."""

    project = serializers.CharField(source="project.slug", read_only=True)
    pipeline = PipelineNameSerializer(read_only=True)
    web_url = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields = ["id", "azure_id", "web_url", "project", "pipeline", "name", "created_on", "gone_at"]
        read_only_fields = fields

    def get_web_url(self, release: Release) -> str | None:
        """The release in Azure DevOps."""
        return release_url(release)


class ComparedLineSerializer(serializers.Serializer[Line]):
    """One thing of both releases in words; empty where a release has none. Secrets are masked on both sides.

    `better` and `worse` only where the direction is known; `unknown`: cannot be compared.
    """

    name = serializers.CharField(read_only=True)
    a = serializers.CharField(read_only=True)
    b = serializers.CharField(read_only=True)
    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict], read_only=True)
    change = serializers.CharField(read_only=True)


class ComparedGroupSerializer(serializers.Serializer[Group]):
    """Lines of one kind; `notes` say what is not known."""

    key = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    lines = ComparedLineSerializer(many=True, read_only=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)


class ComparedCommitSerializer(serializers.ModelSerializer[Commit]):
    """One commit that is in one of the two releases only."""

    author = person()
    web_url = serializers.SerializerMethodField()

    class Meta:
        model = Commit
        fields = ["sha", "repository", "message", "author", "committed_on", "web_url"]
        read_only_fields = fields

    def get_web_url(self, commit: Commit) -> str | None:
        """The commit where it comes from; null when the address is not one we would link to."""
        return shown(commit.web_url, commit.project)


class CommitsOfOneSerializer(serializers.Serializer[Commits]):
    """The commits in one release only, newest first; `count` tells of all, `commits` holds the newest."""

    release = serializers.IntegerField(source="release.pk", read_only=True)
    count = serializers.IntegerField(read_only=True)
    commits = ComparedCommitSerializer(source="shown", many=True, read_only=True)


class BetweenSerializer(serializers.Serializer[Between]):
    """The commits between the two, as far as they are recorded; `unknown` says what is not."""

    sentence = serializers.CharField(read_only=True)
    sides = CommitsOfOneSerializer(many=True, read_only=True)
    unknown = serializers.ListField(child=serializers.CharField(), read_only=True)


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """Two releases beside each other: the answer in a sentence, then every line in groups, then the commits."""

    a = ComparedReleaseSerializer(source="a.release", read_only=True)
    b = ComparedReleaseSerializer(source="b.release", read_only=True)
    is_one_pipeline: Any = serializers.BooleanField(read_only=True)
    sentence = serializers.CharField(read_only=True)
    groups = ComparedGroupSerializer(many=True, read_only=True)
    commits = BetweenSerializer(read_only=True)
