"""What becomes of a change that goes wrong: the right error, one request, the effect it had. With the real client."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests

from releases.azure import sdk
from releases.azure.credentials import authentication
from releases.azure.devops import Access, ChosenVersion, DevOps
from releases.errors import (
    AzureNoAnswer,
    AzureRefused,
    AzureThrottled,
    AzureUnreachable,
    CredentialRefused,
    NotThere,
    PermissionMissing,
)
from sandbox.process import Options, Sandbox
from tests.azure.conftest import VARIABLE
from tests.azure.stopped_sender import MAY_SEND_FOR_SECONDS

PROJECT = "MLOps"
DEFINITION = 7


@dataclass
class Changes:
    """A company in this process, a client of it, and new things of it to change."""

    sandbox: Sandbox
    devops: DevOps
    stages: list[str] = field(default_factory=list)
    chosen: list[ChosenVersion] = field(default_factory=list)

    def made(self, *, is_draft: bool = False) -> int:
        return self.devops.create_release(
            PROJECT,
            definition_id=DEFINITION,
            artifacts=self.chosen,
            description="To be changed",
            is_draft=is_draft,
            manual_stages=self.stages,
        )

    def stage(self) -> tuple[int, int]:
        release = self.made()
        environments = self.devops.release(PROJECT, release).value.environments or []
        return release, environments[0].id

    def prepared(self, verb: str) -> Callable[[], Any]:
        """The change, ready to be sent; everything it needs was asked for before."""
        if verb in ("deploy", "cancel"):
            place = self.stage()
            if verb == "cancel":
                self.devops.deploy(PROJECT, *place, comment="Go")
            return lambda: getattr(self.devops, verb)(PROJECT, *place, comment="Because")
        if verb in ("abandon", "start_draft"):
            release = self.made(is_draft=verb == "start_draft")
            return lambda: getattr(self.devops, verb)(PROJECT, release, comment="Because")
        if verb == "create_release":
            return self.made
        document = self.devops.definition_document(PROJECT, DEFINITION)
        return lambda: self.devops.save_definition(PROJECT, document)

    def fault(self, route: str, kind: str, **args: Any) -> None:
        self.sandbox.faults.add({"route": route, "kind": kind, "times": 0, "args": args})

    def told(self, door: str) -> Any:
        return requests.get(f"{self.sandbox.devops.url}/_sandbox/{door}", timeout=10).json()


@pytest.fixture(scope="module")
def company() -> Iterator[Changes]:
    sdk.forget_locations()
    with pytest.MonkeyPatch.context() as patch, Sandbox(Options(releases=20, speed=0.001)) as sandbox:
        patch.setenv(VARIABLE, "a-token-for-tests")
        access = Access(sandbox.announcement()["organization_url"], authentication("pat", VARIABLE), total_seconds=20)
        devops = DevOps(access)
        found = Changes(sandbox, devops)
        found.stages = [stage.name for stage in devops.definition(PROJECT, DEFINITION).value.environments or []]
        offers = devops.artifact_versions(PROJECT, DEFINITION)
        found.chosen = [ChosenVersion(one.alias, one.versions[0].id, one.versions[0].name) for one in offers]
        yield found
        devops.close()


@pytest.fixture
def changes(company: Changes) -> Iterator[Changes]:
    yield company
    company.sandbox.faults.clear()


VERBS = {
    "deploy": ("environments.update", "deploy"),
    "cancel": ("environments.update", "cancel"),
    "abandon": ("releases.update", "abandon"),
    "start_draft": ("releases.update", "start"),
    "create_release": ("releases.create", "create"),
    "save_definition": ("definitions.update", "update-definition"),
}
WRONG: list[tuple[str, dict[str, Any], type[Exception], bool]] = [
    ("error", {"status": 400, "type_key": "InvalidRequestException"}, AzureRefused, False),
    ("forbidden", {}, PermissionMissing, False),
    ("not_found", {}, NotThere, False),
    ("error", {"status": 409}, AzureRefused, False),
    ("unauthorized", {}, CredentialRefused, False),
    ("sign_in", {}, CredentialRefused, False),
    ("throttle", {"retry_after": 3}, AzureThrottled, False),
    ("throttle", {"retry_after": None}, AzureThrottled, False),
    ("error", {"status": 500}, AzureNoAnswer, False),
    ("unavailable", {}, AzureNoAnswer, False),
    ("unavailable", {"retry_after": 3}, AzureNoAnswer, False),
    ("drop", {}, AzureNoAnswer, False),
    ("apply_then_drop", {}, AzureNoAnswer, True),
    ("truncated", {}, AzureNoAnswer, True),
]


@pytest.mark.parametrize("verb", VERBS)
def test_whatever_goes_wrong_a_change_is_sent_once_and_its_error_says_what_is_known(
    changes: Changes, verb: str
) -> None:
    route, effect = VERBS[verb]
    for kind, args, error, happened in WRONG:
        change = changes.prepared(verb)
        changes.sandbox.counters.clear()
        changes.fault(route, kind, **args)
        with pytest.raises(error) as raised:
            change()
        assert type(raised.value) is error
        counted = changes.told("requests")["routes"].get(route), changes.told("effects")["effects"]
        assert counted == (1, {effect: 1} if happened else {}), kind
        changes.sandbox.faults.clear()


@pytest.mark.parametrize("verb", VERBS)
def test_a_change_that_azure_takes_without_any_effect_looks_like_every_other(changes: Changes, verb: str) -> None:
    change = changes.prepared(verb)
    changes.sandbox.counters.clear()
    changes.fault(VERBS[verb][0], "accepted_without_effect")
    assert change()
    assert changes.told("effects")["effects"] == {}


@pytest.mark.parametrize("body", [{}, {"id": "12"}, [1], None])
def test_a_new_release_without_a_number_may_be_there(changes: Changes, body: Any) -> None:
    changes.fault("releases.create", "accepted_without_effect", body=body)
    with pytest.raises(AzureNoAnswer):
        changes.made()


def test_a_definition_goes_back_as_it_came_with_what_nobody_here_knows(changes: Changes) -> None:
    document = changes.devops.definition_document(PROJECT, 15)
    document["new"] = {"null": None, "large": 2**60, "text": "\u202e é 😀", "parts": [1.5, None, {}]}
    document["variables"]["secret"] = {"value": None, "isSecret": True}
    saved = changes.devops.save_definition(PROJECT, document)
    differ = {key for key in saved if saved[key] != document.get(key)}
    assert saved == changes.devops.definition_document(PROJECT, 15)
    assert (list(saved), differ) == (list(document), {"revision", "modifiedBy", "modifiedOn"})
    with pytest.raises(AzureRefused, match="old copy") as raised:
        changes.devops.save_definition(PROJECT, document)
    assert raised.value.type_key


def test_azures_name_of_the_exchange_is_kept_of_answers_and_refusals(changes: Changes) -> None:
    release, stage = changes.stage()
    assert len(changes.devops.deploy(PROJECT, release, stage, comment="Go").activity_id) == 36
    with pytest.raises(AzureRefused, match="cannot be deployed now") as raised:
        changes.devops.deploy(PROJECT, release, stage, comment="Go")
    assert (raised.value.type_key, len(raised.value.activity_id)) == ("InvalidRequestException", 36)


@pytest.mark.parametrize("kind", ["drop", "unavailable", "truncated"])
def test_a_change_whose_way_could_not_be_found_was_surely_not_sent(changes: Changes, kind: str) -> None:
    release, stage = changes.stage()
    sdk.forget_locations()
    fresh = DevOps(replace(changes.devops.access))
    changes.sandbox.counters.clear()
    changes.fault("options", kind)
    with pytest.raises(AzureUnreachable):
        fresh.deploy(PROJECT, release, stage, comment="Go")
    assert changes.told("effects")["effects"] == {}
    assert "environments.update" not in changes.told("requests")["routes"]
    fresh.close()


def test_a_process_that_was_stopped_on_the_way_does_not_send_when_it_goes_on_too_late(changes: Changes) -> None:
    place = [str(number) for number in changes.stage()]
    changes.sandbox.counters.clear()
    command = [sys.executable, "-m", "tests.azure.stopped_sender", changes.devops.access.organization_url, *place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sender:
        for _ in range(2):
            _, status = os.waitpid(sender.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), "it ended before it came so far"
            time.sleep(MAY_SEND_FOR_SECONDS + 0.05)
            sender.send_signal(signal.SIGCONT)
        said = sender.communicate(timeout=30)[0].split()
    assert said == ["unreachable", "unreachable"]
    assert "environments.update" not in changes.told("requests")["routes"]


def test_a_time_that_is_over_already_sends_nothing_and_then_all_is_as_before(changes: Changes) -> None:
    place = changes.stage()
    changes.sandbox.counters.clear()
    with changes.devops.sent_before(time.monotonic() - 1), pytest.raises(AzureUnreachable, match="nothing could be"):
        changes.devops.deploy(PROJECT, *place, comment="Too late")
    assert changes.told("effects")["effects"] == {}
    changes.devops.deploy(PROJECT, *place, comment="In time")
    assert changes.told("effects")["effects"] == {"deploy": 1}


def test_a_silence_may_be_shorter_than_the_whole_exchange(changes: Changes) -> None:
    place = changes.stage()
    hasty = DevOps(replace(changes.devops.access, read_seconds=0.3))
    changes.fault("environments.update", "hang", seconds=3)
    began = time.monotonic()
    with pytest.raises(AzureNoAnswer, match="did not answer in time"):
        hasty.deploy(PROJECT, *place, comment="Go")
    assert time.monotonic() - began < 2
    hasty.close()
