"""What people read of an artifact, and the fingerprint of the set."""

import pytest

from releases.azure.answers import ReleaseAnswer
from releases.states import Depth
from releases.sync.mapping import Known, mapped_release
from releases.sync.mapping.artifacts import shown_version
from releases.sync.mapping.tables import ARTIFACT, RELEASE
from releases.sync.roles import role_of
from releases.sync.versions import versions_hash
from tests.sync import told


def mapped(**more: object) -> dict[str, dict[str, object]]:
    """The artifacts of a release by alias, as columns."""
    answer: ReleaseAnswer = told.item(told.release(1, **more)).value  # type: ignore[arg-type]
    known = Known(project=1, role_of=role_of, pipelines={1: 1})
    rows = mapped_release(answer, known, depth=Depth.LISTED, sha256="", now=told.NOW).artifacts or {}
    return {alias: {name: row[at] for name, at in ARTIFACT.at.items()} for alias, row in rows.items()}


@pytest.mark.parametrize(
    ("version", "name", "shown"),
    [
        ("classifier:3", "classifier", "3"),
        ("3", "classifier", "3"),
        ("20260302.1", "CI", "20260302.1"),
        ("a:1", "b", "a:1"),
    ],
)
def test_the_version_people_read(version: str, name: str, shown: str) -> None:
    assert shown_version(version, name=name) == shown


def test_a_model_keeps_its_raw_version_beside_the_one_people_read() -> None:
    model = told.artifact("m", type_="AzureMLMMS", name="clf", version="clf:8")
    row = mapped(artifacts=[model])["m"]
    assert (row["role"], row["name"], row["version"], row["version_id"]) == ("model", "clf", "8", "clf:8")


def test_keys_of_any_case_and_empty_names_are_read() -> None:
    references = {
        "Definition": {"id": "Learn_MLOps", "name": ""},
        "VERSION": {"id": "e04d5aa", "name": None},
        "Branch": {"id": "refs/heads/main"},
        "isTriggeringArtifact": {"id": "true"},
        "nothing": None,
    }
    row = mapped(artifacts=[{"alias": "code", "type": "GitHub", "definitionReference": references}])["code"]
    assert (row["name"], row["version"], row["branch"]) == ("Learn_MLOps", "e04d5aa", "refs/heads/main")
    assert row["is_triggering"] is True and row["role"] == "code"


def test_an_artifact_without_any_reference_is_still_a_row() -> None:
    row = mapped(artifacts=[{"alias": "x", "type": "Contoso"}])["x"]
    assert (row["name"], row["version"], row["role"], row["is_triggering"]) == ("", "", "other", False)


def test_the_fingerprint_does_not_depend_on_order_and_does_on_versions() -> None:
    one, two = ("a", "Git", "s", "1", "c"), ("b", "Build", "t", "2", "")
    assert versions_hash([one, two]) == versions_hash([two, one])
    assert versions_hash([one, two]) != versions_hash([one, ("b", "Build", "t", "3", "")])
    assert len(versions_hash([one])) == 64 and versions_hash([]) == ""


def test_a_scheduled_release_needs_no_artifact_to_say_why() -> None:
    answer = told.item(told.release(1, reason="schedule")).value
    known = Known(project=1, role_of=role_of, pipelines={1: 1})
    row = mapped_release(answer, known, depth=Depth.LISTED, sha256="", now=told.NOW).row
    assert (row[RELEASE.at["trigger_kind"]], row[RELEASE.at["trigger_alias"]]) == ("schedule", "")
