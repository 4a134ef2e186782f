"""Two releases beside each other: what differs, which way, and what nobody can say; at a fixed cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from releases.models import Commit, Release, ReleaseCommit, Stage
from releases.queries.access import visible_to
from releases.queries.compare import Verdict, commits, compare, side, sides_by_id
from releases.queries.compare.sides import BESIDE
from releases.queries.compare.variables import HIDDEN, variable_group
from releases.states import ArtifactRole, DeploymentStatus, Role, StageStatus
from releases.sync.masking import MASK
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def read(release):
    """The release as doors read it."""
    return Release.objects.select_related(*BESIDE).get(pk=release.pk)


def compared(a, b):
    return compare(read(a), read(b))


def lines(found, key):
    """The lines of the groups of this kind as plain values."""
    groups = [group for group in found.groups if group.key.startswith(key)]
    return [(line.name, line.a, line.b, str(line.verdict), line.change) for group in groups for line in group.lines]


def pair(**later):
    """Two releases of one pipeline, a day apart."""
    pipeline = factories.pipeline()
    a = factories.release(pipeline=pipeline, name="Release-1", changes_read_at=NOON)
    second = {"name": "Release-2", "created_on": NOON + timedelta(days=1), "changes_read_at": NOON, **later}
    return a, factories.release(pipeline=pipeline, **second)


def model(release, version, *, alias="model", metrics=None, **fields):
    row = (
        factories.model_version(version=f"{version}-{release.pk}", metrics=metrics or {})
        if metrics is not None
        else None
    )
    return factories.artifact(
        release=release, alias=alias, version=str(version), version_id=str(version), model_version=row, **fields
    )


def test_artifacts_are_paired_by_alias_and_tell_how_far_they_went():
    a, b = pair()
    for release, version in ((a, 7), (b, 9)):
        model(release, version)
        model(release, 3, alias="scaler", name="scaler", role=ArtifactRole.SCALER)
    model(a, 1, alias="gone", name="gone")
    factories.artifact(release=b, alias="code", name="Learn_MLOps", role=ArtifactRole.CODE, source_version="e" * 40)
    assert lines(compared(a, b), "artifacts") == [
        ("Model gone", "v1", "", "changed", "removed"),
        ("Model support-vector-classifier", "v7", "v9", "changed", "2 versions newer"),
        ("Scaler", "v3", "v3", "same", ""),
        ("Code Learn_MLOps", "", "eeeeeee", "changed", "added"),
    ]
    back = lines(compared(b, a), "artifacts")
    assert ("Model support-vector-classifier", "v9", "v7", "changed", "2 versions older") in back


def test_the_same_thing_under_another_alias_is_one_line():
    a, b = pair()
    model(a, 7, alias="_support-vector-classifier")
    model(b, 8, alias="model")
    assert lines(compared(a, b), "artifacts") == [
        ("Model support-vector-classifier", "v7", "v8", "changed", "1 version newer")
    ]


def test_figures_are_better_or_worse_only_where_the_direction_is_known():
    a, b = pair()
    model(a, 7, metrics={"accuracy": 0.9487, "precision": 0.9425, "p95_ms": 41, "rows": 11214, "same": 1, "lost": 2})
    model(b, 8, metrics={"accuracy": 0.9561, "precision": 0.9418, "p95_ms": 44, "rows": 12380, "same": 1, "new": 3})
    assert lines(compared(a, b), "metrics") == [
        ("Accuracy", "0.9487", "0.9561", "better", "+0.0074"),
        ("lost", "2", "", "changed", "removed"),
        ("new", "", "3", "changed", "added"),
        ("p95 latency", "41 ms", "44 ms", "worse", "+3 ms"),
        ("Precision", "0.9425", "0.9418", "worse", "\u22120.0007"),
        ("rows", "11,214", "12,380", "changed", "+1,166"),
        ("same", "1", "1", "same", ""),
    ]
    assert compared(a, b).sentence == (
        "1 of 1 artifact and 6 of 7 figures differ. Of the figures 1 is better and 2 are worse."
    )


def test_figures_that_nobody_read_are_said_to_be_missing():
    a, b = pair()
    model(a, 7)
    model(b, 8, metrics={"accuracy": 0.9})
    [group] = [group for group in compared(a, b).groups if group.key.startswith("metrics")]
    assert group.notes == ["Figures of model support-vector-classifier v7: no Azure ML workspace is connected."]
    a.project.workspaces.add(factories.workspace())
    [group] = [group for group in compared(a, b).groups if group.key.startswith("metrics")]
    assert group.notes == ["Figures of model support-vector-classifier v7: not found in the registry."]


def test_variables_of_release_and_stage_are_compared_and_secrets_never_shown():
    secret = {"value": None, "isSecret": True}
    a, b = pair(
        variables={"replicas": {"value": "3"}, "key": secret, "now open": {"value": "hunter2"}, "new": {"value": ""}}
    )
    Release.objects.filter(pk=a.pk).update(
        variables={"replicas": {"value": "2"}, "key": secret, "now open": secret, "same": "x", "gone": {"value": "1"}}
    )
    stage = factories.stage(pipeline=a.pipeline, name="PROD")
    for release, cpu in ((a, "1"), (b, "2")):
        factories.release_stage(release=release, stage=stage, variables={"cpu": {"value": cpu}})
    found = compared(a, b)
    assert lines(found, "variables") == [
        ("gone", "1", "", "changed", "removed"),
        ("key", HIDDEN, HIDDEN, "unknown", "cannot be compared"),
        ("new", "", "empty", "changed", "added"),
        ("now open", HIDDEN, HIDDEN, "changed", "secret in one only"),
        ("replicas", "2", "3", "changed", "changed"),
        ("same", "x", "", "changed", "removed"),
        ("PROD: cpu", "1", "2", "changed", "changed"),
    ]
    [group] = [group for group in found.groups if group.key == "variables"]
    assert group.notes == ["1 variable is secret in both. Slipway keeps no secrets, so it cannot compare them."]
    assert (group.same_count, group.unknown_count) == (0, 1)


def variables(first, second):
    """The lines of two releases' own variables."""
    return variable_group(Release(variables=first), Release(variables=second), stages=[]).lines


def test_a_masked_value_is_a_secret_by_whatever_name():
    masked = variables(
        {"a": f"https://{MASK}@x", "b": MASK, "c": MASK}, {"a": f"https://{MASK}@y", "b": MASK, "c": "x"}
    )
    assert [(line.name, line.a, line.b, line.verdict) for line in masked] == [
        ("a", HIDDEN, HIDDEN, Verdict.UNKNOWN),
        ("b", HIDDEN, HIDDEN, Verdict.UNKNOWN),
        ("c", HIDDEN, HIDDEN, Verdict.CHANGED),
    ]


@pytest.mark.parametrize("odd", [None, 5, ["x"], {"value": {"deep": 1}}, {"isSecret": "yes", "value": True}])
def test_a_variable_of_an_unusual_form_is_still_a_line(odd):
    [line] = variables({"x": odd}, {"x": odd})
    assert line.verdict is Verdict.SAME


def attempt(row, number, minutes, **fields):
    times = {"started_on": NOON, "finished_on": NOON + timedelta(minutes=minutes)}
    return factories.deployment(release_stage=row, attempt=number, **{**times, **fields})


def test_stages_tell_status_attempts_and_how_long_they_took():
    a, b = pair()
    stage = factories.stage(pipeline=a.pipeline, name="DEV TEST")
    first, second = (
        factories.release_stage(release=one, stage=stage, name="DEV TEST", status=StageStatus.SUCCEEDED)
        for one in (a, b)
    )
    attempt(first, 1, 10)
    attempt(second, 1, 1, status=DeploymentStatus.FAILED)
    attempt(second, 2, 25)
    assert lines(compared(a, b), "stages") == [
        ("DEV TEST status", "Succeeded", "Succeeded", "same", ""),
        ("DEV TEST attempts", "1", "2, 1 failed", "worse", "1 more failed"),
        ("DEV TEST duration", "10 min", "25 min", "worse", "15 min slower"),
    ]
    assert lines(compared(b, a), "stages")[1:] == [
        ("DEV TEST attempts", "2, 1 failed", "1", "better", "1 fewer failed"),
        ("DEV TEST duration", "25 min", "10 min", "better", "15 min faster"),
    ]


def test_two_durations_a_little_apart_are_about_the_same():
    a, b = pair()
    stage = factories.stage(pipeline=a.pipeline, name="PROD")
    for release, minutes in ((a, 100), (b, 105)):
        attempt(factories.release_stage(release=release, stage=stage, status=StageStatus.SUCCEEDED), 1, minutes)
    assert lines(compared(a, b), "stages")[-1] == (
        "PROD duration", "1 h 40 min", "1 h 45 min", "same", "about the same"
    )  # fmt: skip


def test_a_stage_that_one_release_has_not_is_said():
    a, b = pair()
    factories.release_stage(release=b, stage=factories.stage(pipeline=b.pipeline, name="UAT"))
    assert lines(compared(a, b), "stages") == [("UAT status", "", "Not started", "changed", "added")]


def brought(release, *shas):
    for number, sha in enumerate(shas):
        commit, _ = Commit.objects.get_or_create(
            project=release.project, sha=sha * 40, defaults={"committed_on": NOON + timedelta(minutes=number)}
        )
        ReleaseCommit.objects.create(release=release, commit=commit)


def between(a, b):
    found = compared(a, b).commits
    return {side.release.name: [str(commit)[0] for commit in side.shown] for side in found.sides}, list(found.unknown)


def test_the_commits_of_every_release_in_between_are_in_the_newer_one_only():
    a, b = pair(created_on=NOON + timedelta(days=3))
    middle = factories.release(pipeline=a.pipeline, created_on=NOON + timedelta(days=1), changes_read_at=NOON)
    after = factories.release(pipeline=a.pipeline, created_on=NOON + timedelta(days=4), changes_read_at=NOON)
    brought(a, "a")
    brought(middle, "b", "c")
    brought(b, "c", "d", "a")
    brought(after, "e")
    assert between(a, b) == ({"Release-2": ["d", "c", "b"]}, [commits.HOW])
    assert between(b, a) == between(a, b)
    assert compared(a, b).commits.sides[0].title == "3 commits in Release-2 only"


def test_what_is_not_recorded_is_said():
    a, b = pair(created_on=NOON + timedelta(days=3), changes_read_at=None)
    factories.release(pipeline=a.pipeline, created_on=NOON + timedelta(days=1), gone_at=NOON)
    found, unknown = between(a, b)
    assert found == {}
    assert unknown == [
        "The commits of 1 release among them were not read yet.",
        "The commits of 1 release are lost: deleted in Azure before they were read.",
        commits.HOW,
    ]


def test_more_releases_in_between_than_are_looked_through_is_said(monkeypatch):
    monkeypatch.setattr(commits, "MOST_BETWEEN", 2)
    a, b = pair(created_on=NOON + timedelta(days=9))
    for day in range(1, 4):
        brought(
            factories.release(pipeline=a.pipeline, created_on=NOON + timedelta(days=day), changes_read_at=NOON),
            "abc"[day - 1],
        )
    found, unknown = between(a, b)
    assert found == {"Release-2": ["c"]}
    assert unknown[0] == "More than 2 releases lie between; only the newest 2 are counted."


def test_the_same_commit_has_nothing_in_between():
    a, b = pair()
    for release in (a, b):
        factories.artifact(
            release=release,
            alias="code",
            name="x",
            role=ArtifactRole.CODE,
            source_version="e" * 40,
            version_id="e" * 40,
        )
    brought(b, "a")
    found = compared(a, b).commits
    assert (found.sides, found.sentence) == ([], "Both were made from the same commit.")


def test_another_commit_tells_how_many_lie_in_between():
    a, b = pair()
    for release, sha in ((a, "a"), (b, "b")):
        code = {"alias": "code", "name": "Learn_MLOps", "role": ArtifactRole.CODE}
        factories.artifact(release=release, source_version=sha * 40, version_id=sha * 40, **code)
    assert lines(compared(a, b), "artifacts") == [("Code Learn_MLOps", "aaaaaaa", "bbbbbbb", "changed", "changed")]
    brought(b, "c", "b")
    assert lines(compared(a, b), "artifacts")[0][4] == "2 commits"


def test_what_stayed_is_named():
    a, b = pair()
    for release, version in ((a, 7), (b, 8)):
        model(release, version)
        model(release, 3, alias="scaler", name="scaler", role=ArtifactRole.SCALER)
    assert compared(a, b).sentence == "1 of 2 artifacts differs. Scaler v3 is the same."


def test_two_pipelines_are_compared_by_what_each_release_brought():
    a, b = factories.release(name="Left"), factories.release(name="Right", project=factories.project())
    for release in (a, b):
        factories.release_stage(release=release, stage=factories.stage(pipeline=release.pipeline, name="PROD"))
    brought(a, "a")
    found, unknown = between(a, b)
    assert found == {"Left": ["a"]}
    assert unknown[0].startswith("Two pipelines: only what each release brought itself")
    assert not compared(a, b).is_one_pipeline
    assert [line[0] for line in lines(compared(a, b), "stages")] == ["PROD status"]


def test_two_equal_releases_say_so():
    a, b = pair()
    assert compared(a, b).sentence == "Artifacts, figures and variables are the same."


def busy(number):
    """Two releases with so many stages, artifacts and attempts."""
    a, b = pair()
    stages = [factories.stage(pipeline=a.pipeline) for _ in range(number)]
    for release in (a, b):
        for at, stage in enumerate(stages):
            row = factories.release_stage(release=release, stage=stage)
            factories.approval(release_stage=row)
            attempt(row, 1, 5)
            model(release, 7, alias=f"m{at}", metrics={"accuracy": 0.9})
            brought(release, "abcdef"[at])
    return a, b


def test_the_cost_is_fixed():
    costs = []
    for number in (1, 6):
        a, b = (read(one) for one in busy(number))
        with CaptureQueriesContext(connection) as asked:
            compare(a, b)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 16


def test_a_thousand_variables_and_two_hundred_stages_are_compared_at_the_same_cost():
    many = {f"v{at}": {"value": str(at)} for at in range(1000)}
    a, b = pair(variables={**many, "v7": {"value": "8"}})
    Release.objects.filter(pk=a.pk).update(variables=many)
    stages = [Stage(pipeline=a.pipeline, definition_environment_id=at, name=f"S{at}", rank=at) for at in range(200)]
    for at, stage in enumerate(Stage.objects.bulk_create(stages)):
        for release in (a, b):
            factories.release_stage(release=release, stage=stage, rank=at)
    with CaptureQueriesContext(connection) as asked:
        found = compared(a, b)
    [group] = [group for group in found.groups if group.key == "variables"]
    assert ([line.name for line in group.differing], group.same_count) == (["v7"], 999)
    assert len(lines(found, "stages")) == 200
    assert len(asked) <= 18


def test_two_sides_are_only_found_by_whom_they_are_visible_to():
    a, other = factories.release(), factories.release(project=factories.project())
    person = factories.user(role=Role.QA, project=a.project)
    assert visible_to(person, Release).count() == 1
    assert side(person, f"{a.project.slug}/{a.azure_id}")
    assert side(person, f"{other.project.slug}/{other.azure_id}") is None
    assert [bool(one) for one in sides_by_id(person, a.pk, other.pk)] == [True, False]
    stage = factories.stage(pipeline=other.pipeline)
    assert side(person, f"live:{stage.pk}") is None
