"""Roles of artifacts: the defaults, and stored rules before them."""

import pytest

from releases.models import ArtifactRule, Project
from releases.states import ArtifactRole
from releases.sync.roles import role_of, roles_for
from tests.sync import told


@pytest.mark.parametrize(
    ("type_", "alias", "name", "role"),
    [
        ("AzureML Model Artifact", "model", "support-vector-classifier", ArtifactRole.MODEL),
        ("AzureMLMMS", "anything", "scaler", ArtifactRole.SCALER),
        ("mlmodel", "clf", "clf", ArtifactRole.MODEL),
        ("AzureMLModel", "preprocessing", "x", ArtifactRole.SCALER),
        ("AzureMLModel", "x", "MinMax-Normaliser", ArtifactRole.SCALER),
        ("AzureMLModel", "x", "normalizer", ArtifactRole.SCALER),
        ("Build", "_model", "model-CI", ArtifactRole.MODEL),
        ("Git", "Learn_MLOps", "Learn_MLOps", ArtifactRole.CODE),
        ("GitHub", "_me_repo", "me/repo", ArtifactRole.CODE),
        ("TFVC", "x", "$/x", ArtifactRole.CODE),
        ("Build", "artifact", "PTracker-CI", ArtifactRole.BUILD),
        ("Team Build (external)", "x", "x", ArtifactRole.BUILD),
        ("Jenkins", "x", "x", ArtifactRole.BUILD),
        ("Nuget", "x", "x", ArtifactRole.OTHER),
        ("", "", "", ArtifactRole.OTHER),
    ],
)
def test_defaults(type_: str, alias: str, name: str, role: ArtifactRole) -> None:
    assert role_of(type_, alias, name) == role


@pytest.mark.django_db
def test_rules_of_the_project_come_first_then_those_of_all_then_the_defaults() -> None:
    project, other = told.project(), told.project("other")
    ArtifactRule.objects.create(priority=1, type_pattern="^git$", role=ArtifactRole.OTHER)
    ArtifactRule.objects.create(project=project, priority=9, name_pattern="weights", role=ArtifactRole.MODEL)
    assert roles_for(project)("Git", "weights", "weights") == ArtifactRole.MODEL
    assert roles_for(other)("Git", "weights", "weights") == ArtifactRole.OTHER
    assert roles_for(other)("GitHub", "weights", "weights") == ArtifactRole.CODE


@pytest.mark.django_db
def test_a_pattern_that_is_none_matches_nothing() -> None:
    project: Project = told.project()
    ArtifactRule.objects.create(project=project, name_pattern="(", role=ArtifactRole.MODEL)
    assert roles_for(project)("Git", "(", "(") == ArtifactRole.CODE
