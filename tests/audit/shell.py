"""Every management command and every task: how it is run, and what the trail then says. Used by completeness tests.

What needs Azure names the test that runs it against a sandbox and counts its events.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from releases.actions.verify_trail import verify_trail
from releases.models import RoleUpdate
from releases.tasks import sync_roles, verify_audit
from tests.audit.world import World

PASSWORD = "SLIPWAY_TEST_PASSWORD"


@dataclass(frozen=True)
class Row:
    """One command or task; either `ready` runs it here, or `tested_in` (`module:function`) does elsewhere."""

    events: tuple[str, ...] = ()
    silent: str = ""
    ready: Callable[[World], Callable[[], Any]] | None = None
    tested_in: str = ""

    def source(self) -> str:
        """Of the test elsewhere, as it stands."""
        module, _, name = self.tested_in.partition(":")
        return inspect.getsource(getattr(import_module(module), name))


def _call(*command: str) -> Callable[[World], Callable[[], Any]]:
    """Run it for the other person of the world, who has a key and an authenticator app."""

    def ready(world: World) -> Callable[[], Any]:
        world.app_of(world.other)
        key = world.key_of(world.other).prefix
        words = [one.format(email=world.other.email, key=key) for one in command]
        return lambda: call_command(words[0], *words[1:], stdout=StringIO(), stderr=StringIO())

    return ready


def _rotate(world: World) -> Callable[[], Any]:
    world.app_of(world.other)
    assert Authenticator.objects.exists()

    def act() -> None:
        with override_settings(SLIPWAY_SECRET_KEYS=["A" * 43, *settings.SLIPWAY_SECRET_KEYS]):
            call_command("rotate_secrets", stdout=StringIO())

    return act


def _roles(world: World) -> Callable[[], Any]:
    RoleUpdate.objects.create(asked_by=world.by, asked_at=timezone.now() - timedelta(hours=1))
    return lambda: sync_roles()


def _verify(world: World) -> Callable[[], Any]:
    verify_trail(by=world.by)
    return lambda: verify_audit()


def _sign(_: World) -> Callable[[], Any]:
    def act() -> None:
        with TemporaryDirectory() as name:
            folder = Path(name)
            there = {"SLIPWAY_SIGNER_DIR": folder / "signer", "SLIPWAY_CHECKPOINT_DIR": folder / "outside"}
            with override_settings(**there):
                call_command("sign", "--once", "--first-key", stdout=StringIO())

    return act


VERIFIED = "changes nothing: what it found is kept like the answer to a question, and who asked is an event"
SYNCED: dict[str, Any] = {"events": ("sync.run",), "tested_in": "tests.faults.test_killed:manifest"}

COMMANDS: dict[str, Row] = {
    "create_user": Row(
        ("user.created", "user.role_granted"),
        ready=_call("create_user", "new@harbour.example", "--name=New", "--role=qa", f"--password-variable={PASSWORD}"),
    ),
    "changepassword": Row(
        ("user.password_changed",), ready=_call("changepassword", "{email}", f"--password-variable={PASSWORD}")
    ),
    "create_api_key": Row(("api_key.created",), ready=_call("create_api_key", "{email}")),
    "revoke_api_key": Row(("api_key.revoked",), ready=_call("revoke_api_key", "{key}")),
    "remove_second_factors": Row(("user.second_factor_removed",), ready=_call("remove_second_factors", "{email}")),
    "erase_person": Row(("audit.erased",), ready=_call("erase_person", "{email}", "--legal-basis=Art. 17 (1) (a)")),
    "sign": Row(("audit.key_made",), ready=_sign),
    "verify_audit": Row(silent=VERIFIED, ready=_call("verify_audit")),
    "rotate_secrets": Row(("secrets.rotated",), ready=_rotate),
    "connect": Row(
        ("connection.saved",),
        tested_in="tests.sync.connecting.test_command:test_the_command_shows_one_line_per_need_and_saves",
    ),
    "sync": Row(**SYNCED),
    "deliver": Row(
        ("command.sending",),
        tested_in="tests.delivery.test_acts:test_a_redeployment_is_confirmed_by_its_attempt_and_leaves_its_mark",
    ),
    "ensure_cluster": Row(
        ("command.recorded", "command.confirmed"),
        tested_in="tests.delivery.test_attach_cluster:test_ensure_cluster_attaches_then_finds",
    ),
    "up": Row(
        silent="starts programs; its link is made by the action that invites",
        tested_in="tests.up.test_up_alone:test_the_first_administrator_is_made_by_a_link_that_works_once",
    ),
}

TASKS: dict[str, Row] = {
    "sync.tick": Row(silent="wakes what is due and writes nothing", tested_in="releases.tasks:tick"),
    "sync.project": Row(**SYNCED),
    "sync.details": Row(**SYNCED),
    "sync.logs": Row(**SYNCED),
    "sync.registry": Row(
        ("sync.run",),
        tested_in="tests.sync.registry.test_read:"
        "test_a_run_that_changed_something_leaves_one_event_an_unchanged_one_none",
    ),
    "sync.serving": Row(
        ("sync.run",),
        tested_in="tests.sync.serving.test_read:test_a_look_that_sees_the_same_writes_no_row_but_the_run",
    ),
    "sync.health": Row(
        silent="figures of Azure Monitor, kept for 30 days; nothing is decided by them",
        tested_in="releases.tasks:sync_health",
    ),
    "sync.roles": Row(("artifact_rule.applied",), ready=_roles),
    "inquiries.answer": Row(
        silent="answers a question; what is saved of it is an event", tested_in="releases.tasks:answer_inquiry"
    ),
    "audit.verify": Row(silent=VERIFIED, ready=_verify),
    "commands.deliver": Row(
        ("command.sending",),
        tested_in="tests.delivery.test_acts:test_a_redeployment_is_confirmed_by_its_attempt_and_leaves_its_mark",
    ),
    "commands.reconcile": Row(
        ("command.sending",),
        tested_in="tests.delivery.test_acts:test_a_redeployment_is_confirmed_by_its_attempt_and_leaves_its_mark",
    ),
}
