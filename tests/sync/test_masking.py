"""No secret reaches a table: canaries in every place where people put them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from releases.models import SourceDocument
from releases.sync.masking import MASK, without_secrets
from releases.sync.store import store_detailed, store_listed
from tests.sync import told
from tests.sync.documents import text_of

CANARY = "c4n4ry-7f3e9a"
PAT = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst"
NEW_PAT = "A1" * 38 + "AZDO" + "x9Y8"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzbGlwd2F5In0.c2lnbmF0dXJl"


def masked(value: Any) -> Any:
    """The value after masking."""
    return json.loads(without_secrets(json.dumps(value).encode()))


def test_an_answer_without_secrets_is_kept_to_the_byte() -> None:
    raw = json.dumps(told.two_stages(1, variables={"clientSecret": {"value": None, "isSecret": True}})).encode()
    assert without_secrets(raw) is raw


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        *[
            (name, True)
            for name in ("dbPassword", "SECRET", "api_token", "GoDaddyKey", "storage-key", "sas", "apiKey2")
        ],
        *[(name, True) for name in ("ConnectionString", "pwd", "my.credential", "private_key", "MY_KEY", "passphrase")],
        *[(name, False) for name in ("appName", "location", "keepForever", "tenantId", "monkeys_total", "region")],
    ],
)
def test_variables_by_their_name(name: str, hidden: bool) -> None:
    variables = {"variables": {name: {"value": CANARY}}}
    assert masked(variables) == {"variables": {name: {"value": MASK if hidden else CANARY}}}


def test_a_secret_variable_has_no_value_whatever_its_name_and_whatever_azure_sent() -> None:
    variables = {"variables": {"harmless": {"value": CANARY, "isSecret": True}, "x": {"isSecret": False, "value": "y"}}}
    expected = {"harmless": {"value": None, "isSecret": True}, "x": {"isSecret": False, "value": "y"}}
    assert masked(variables)["variables"] == expected


@pytest.mark.parametrize("inner", [{"isSecret": PAT}, {"isSecret": {"value": PAT}}, {"isSecret": [PAT]}])
def test_a_secret_hides_under_no_name_at_any_depth(inner: dict[str, Any]) -> None:
    assert PAT not in json.dumps(masked({"isSecret": inner})) and PAT not in json.dumps(masked({"password": inner}))


def test_inputs_of_tasks_by_their_name_but_not_what_only_names_a_variable() -> None:
    inputs = {"inputs": {"SqlPassword": "$(dbpassword)", "AdminPassword": CANARY, "KeyVaultName": "kv", "script": "ls"}}
    assert masked(inputs)["inputs"] == {
        "SqlPassword": "$(dbpassword)",
        "AdminPassword": MASK,
        "KeyVaultName": MASK,
        "script": "ls",
    }


def test_flags_and_empty_values_stay() -> None:
    told_ = {"enableAccessToken": False, "clientSecret": {"value": ""}, "tokens": [], "password": None}
    assert masked(told_) == told_


@pytest.mark.parametrize(
    "secret",
    [
        PAT,
        NEW_PAT,
        JWT,
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_texts_that_look_like_tokens_wherever_they_stand(secret: str) -> None:
    assert masked({"comment": f"use {secret} please"}) == {"comment": f"use {MASK} please"}
    assert masked([[{"value": secret}]]) == [[{"value": MASK}]]


def test_parts_of_texts() -> None:
    assert masked({"a": "AccountName=x;AccountKey=abc==;End=1"}) == {"a": f"AccountName=x;AccountKey={MASK};End=1"}
    assert masked({"a": "curl -H 'Authorization: Bearer 0123456789abcdef0123'"})["a"].endswith(f"Bearer {MASK}'")
    assert masked({"a": "https://me:hunter2@git.example/x"}) == {"a": f"https://{MASK}@git.example/x"}
    assert masked({"a": "https://x.example/?sv=1&sig=abcdefghijklmnopqrstuvwx%3D"})["a"].endswith(f"sig={MASK}")


def test_hashes_and_guids_are_no_tokens() -> None:
    harmless = {
        "sha": "e04d5aa1" * 5,
        "sha256": "0f" * 32,
        "guid": "4adb1680-0eac-6149-b5ee-fc8b4f6ca227",
        "m": "a@b.c",
    }
    assert masked(harmless) == harmless


def test_an_escaped_name_hides_nothing() -> None:
    raw = b'{"variables":{"pass\\u0077ord":{"value":"' + CANARY.encode() + b'"}}}'
    assert CANARY.encode() not in without_secrets(raw)


def test_what_was_seen_before_does_not_change_the_judgement() -> None:
    harmless = {"variables": {"note": {"value": "password"}}, "name": CANARY}
    assert masked(harmless) == harmless
    for _ in range(2):
        assert masked({"variables": {"password": {"value": CANARY}}})["variables"]["password"]["value"] == MASK


names = st.sampled_from(
    ["variables", "inputs", "name", "value", "isSecret", "password", "apiKey", "token", "x", "ключ"]
)
leaves = (
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", CANARY, PAT, JWT, "$(password)", "a\x00b"])
)
documents = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=25
)


@given(documents)
def test_masking_twice_changes_nothing_more_and_keeps_the_shape(document: Any) -> None:
    once = without_secrets(json.dumps(document).encode())
    assert without_secrets(once) == once
    assert PAT.encode() not in once and JWT.encode() not in once and b"\\u0000" not in once
    assert_same_shape(document, json.loads(once))


def assert_same_shape(before: Any, after: Any) -> None:
    """Masking replaces values only."""
    if isinstance(before, dict) and isinstance(after, dict):
        assert set(before) == set(after)
        for name in before:
            if not (name == "value" and before.get("isSecret") is True):
                assert_same_shape(before[name], after[name])
    elif isinstance(before, list) and isinstance(after, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            assert_same_shape(one, other)
    else:
        assert not isinstance(before, (dict, list))


@pytest.mark.django_db
def test_no_canary_is_in_any_table() -> None:
    release = told.two_stages(1, description=f"token {JWT} {PAT}", tags=[PAT])
    release["variables"] = {"open": {"value": CANARY, "isSecret": True}, "dbPassword": {"value": CANARY}}
    step = release["environments"][0]["deploySteps"][0]
    issue = {"issueType": "Error", "message": f"refused {NEW_PAT}"}
    step["releaseDeployPhases"] = [told.phase(1, told.task(1, f"use {PAT}", issues=[issue]))]
    release["environments"][0]["variables"] = {"apiKey": {"value": CANARY}}
    release["environments"][0]["variableGroups"] = [{"variables": {"sasToken": {"value": CANARY}}}]
    release["environments"][0]["deployPhasesSnapshot"] = [{"workflowTasks": [{"inputs": {"password": CANARY}}]}]
    release["environments"][1]["preDeployApprovals"][0]["comments"] = f"here: {JWT}"
    project = told.project()
    store_listed(project, told.items(release), now=told.NOW)
    store_detailed(project, told.items(release), now=told.NOW)
    texts = [repr(row) for model in apps.get_models() for row in model._default_manager.values()]
    texts += [text_of(document).decode() for document in SourceDocument.objects.all()]
    for secret in (CANARY, PAT, NEW_PAT, JWT):
        assert [text for text in texts if secret in text] == []
    assert any(MASK in text for text in texts)


def test_the_real_release_loses_its_open_key_and_nothing_else(samples: Path) -> None:
    raw = (samples / "azure-devops/real/release_178_envs1-6.json").read_bytes()
    expected = json.loads(raw)
    assert expected["variables"]["GoDaddyKey"]["value"].startswith("36LR")
    expected["variables"]["GoDaddyKey"]["value"] = MASK
    assert json.loads(without_secrets(raw)) == expected
