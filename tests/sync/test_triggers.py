"""Why a release was created, in the order in which Azure's hints are believed."""

import pytest

from releases.states import TriggerKind
from releases.sync.triggers import Candidate, Cause, cause_of

CI = "continuousIntegration"


def one(alias: str, type_: str, *, role: str = "other", name: str = "", triggering: bool = False) -> Candidate:
    """An artifact."""
    return Candidate(alias, type_, role, name or alias, triggering)


GIT, BUILD, MODEL = one("code", "Git"), one("build", "Build", name="PTracker-CI"), one("m", "AzureMLMMS", role="model")
ALL = [GIT, BUILD, MODEL]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("manual", TriggerKind.MANUAL),
        ("schedule", TriggerKind.SCHEDULE),
        ("pullRequest", TriggerKind.PULL_REQUEST),
        ("none", TriggerKind.UNKNOWN),
        ("", TriggerKind.UNKNOWN),
        (CI, TriggerKind.UNKNOWN),
    ],
)
def test_the_reason_alone(reason: str, kind: TriggerKind) -> None:
    assert cause_of(reason, ALL) == Cause(kind)


def test_the_marked_artifact_wins() -> None:
    marked = [GIT, one("b", "Build", triggering=True)]
    assert cause_of(CI, marked, stated_alias="code", cd_aliases=["code"]) == Cause(TriggerKind.BUILD, "b")


def test_then_the_stated_alias_then_the_only_one_with_a_trigger_then_the_description() -> None:
    text = "Triggered by PTracker-CI 568."
    stated = cause_of(CI, ALL, stated_alias="m", cd_aliases=["code"], description=text)
    assert stated == Cause(TriggerKind.MODEL, "m")
    assert cause_of(CI, ALL, cd_aliases=["code"], description=text) == Cause(TriggerKind.PUSH, "code")
    assert cause_of(CI, ALL, cd_aliases=["code", "m"], description=text) == Cause(TriggerKind.BUILD, "build")
    assert cause_of(CI, ALL, description="Triggered by something else 3") == Cause(TriggerKind.UNKNOWN)


@pytest.mark.parametrize(
    ("type_", "role", "kind"),
    [
        ("Git", "code", TriggerKind.PUSH),
        ("GitHub", "code", TriggerKind.PUSH),
        ("TFVC", "code", TriggerKind.PUSH),
        ("Bitbucket", "code", TriggerKind.PUSH),
        ("Build", "build", TriggerKind.BUILD),
        ("Jenkins", "build", TriggerKind.BUILD),
        ("AzureMLMMS", "scaler", TriggerKind.MODEL),
        ("Git", "model", TriggerKind.MODEL),
        ("AzureContainerRepository", "other", TriggerKind.CONTAINER),
        ("DockerHub", "other", TriggerKind.CONTAINER),
        ("Nuget", "other", TriggerKind.PACKAGE),
        ("PackageManagement", "other", TriggerKind.PACKAGE),
        ("Contoso thing", "other", TriggerKind.UNKNOWN),
    ],
)
def test_the_type_of_the_artifact_tells_the_kind(type_: str, role: str, kind: TriggerKind) -> None:
    assert cause_of(CI, [one("a", type_, role=role, triggering=True)]) == Cause(kind, "a")
