"""Every door through which somebody changes something: how to open it, who may, and what the trail then says.

A new address that takes POST, a new command and a new task need a row here, or the tests of completeness fail.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from releases.actions.commands.asked import Asked
from releases.actions.commands.moving import move
from releases.actions.commands.settling import take_back
from releases.actions.flag import flag
from releases.actions.invitations import invite
from releases.actions.sending import stop_sending
from releases.models import Command, ReleaseStage, StageBinding
from releases.policies.commands import FLAGGING, OPERATING
from releases.queries import artifact_rules, bindings, endpoint_rules
from releases.queries.snapshot import seen_of, seen_of_release, token
from releases.states import CommandCode, CommandState, Role, StageStatus
from tests import factories
from tests.architecture.test_other_projects import OBJECTS
from tests.audit.world import CONNECTION, SHELL, World, code

EVERYBODY = frozenset(Role)
ACTING = EVERYBODY - {Role.AUDITOR}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

Form = dict[str, Any]


@dataclass(frozen=True)
class Door:
    """One POST: what it leaves in the trail, or why nothing; who may. `parts` and `form` ready the world."""

    address: str
    events: tuple[str, ...] = ()
    silent: str = ""
    parts: Callable[[World], Iterable[Any]] = field(default=lambda _: ())
    form: Callable[[World], Form] = field(default=lambda _: {})
    who: frozenset[Role] = ADMINISTRATORS
    client: Callable[[World], Client] = field(default=lambda world: world.client)

    def ready(self, world: World) -> Callable[[], Any]:
        """Everything but the POST itself, which is what is returned."""
        address, form, client = (
            reverse(self.address, args=list(self.parts(world))),
            self.form(world),
            self.client(world),
        )
        return lambda: client.post(address, form)


DOUBTED = (
    (CommandState.SENDING, None),
    (CommandState.UNKNOWN, CommandCode.NO_ANSWER),
    (CommandState.NEEDS_ATTENTION, CommandCode.AMBIGUOUS),
)
"""How a command comes to wait for a person."""

ROLE = {"role": "qa", "where": "everywhere"}
KEY = {"key-name": "grafana", "key-scopes": ["read"], "key-expires_days": "30"}
ARTIFACT_RULE = {"type_pattern": "", "name_pattern": "^x$", "role": "other", "priority": "7"}
ENDPOINT_RULE = {"pipeline_pattern": "", "stage_pattern": "^prod$", "endpoint_pattern": "^x$", "priority": "7"}
ASKED = "a question: what it found is an event when it is saved"
PREFERENCE = "a preference of one's own, like zone and theme"
EVERYWHERE: dict[str, Any] = {"who": EVERYBODY}
OWN_VIEW: dict[str, Any] = {"silent": PREFERENCE, "who": EVERYBODY, "parts": lambda world: [world.view()]}


def _granted(world: World) -> list[int]:
    return [world.other.pk]


def _with_app(world: World) -> list[int]:
    world.app_of(world.other)
    return [world.other.pk]


def _invited(_: World) -> str:
    return invite(Role.QA, by=SHELL).secret


def _other_key(world: World) -> list[Any]:
    return [world.other.pk, world.key_of(world.other).prefix]


def _place(world: World) -> list[int]:
    return [factories.identity().pk]


def _own_command(world: World) -> list[Any]:
    Command.objects.filter(pk=world.of.rows["command"].pk).update(asked_by=world.by)
    return [world.of.rows["command"].pk]


def _in_doubt(world: World) -> list[Any]:
    """The command that the project's member asked for, waiting for somebody."""
    command = Command.objects.get(pk=world.of.rows["command"].pk)
    for state, why in DOUBTED:
        move(command, state, by=SHELL, code=why)
    return [command.pk]


def _reason(_: World) -> Form:
    return {"reason": "the scoring service was looked at"}


def _organization(world: World) -> list[int]:
    return [world.of.project.organization.pk]


def _stopped(world: World) -> list[int]:
    by = factories.user(role=Role.OPERATOR)
    stop_sending(world.of.project.organization, by=by, reason=_reason(world)["reason"])
    return _organization(world)


def _of(name: str) -> Callable[[World], list[Any]]:
    """The parts of an address of the release, for which nothing is asked of Azure yet."""

    def parts(world: World) -> list[Any]:
        command = Command.objects.get(pk=world.of.rows["command"].pk)
        take_back(command, by=world.of.member, asked=_asked())
        return OBJECTS[name](world.of)

    return parts


def _running(name: str) -> Callable[[World], list[Any]]:
    def parts(world: World) -> list[Any]:
        ReleaseStage.objects.filter(pk=world.of.pk("release_stage")).update(status=StageStatus.IN_PROGRESS)
        return _of(name)(world)

    return parts


def _flagged(world: World) -> list[Any]:
    by, why = factories.user(role=Role.ADMINISTRATOR), _reason(world)["reason"]
    flag(world.of.rows["release"], by=by, reason=why, asked=_asked())
    return _of("lift_flag")(world)


def _asked() -> Asked:
    return Asked(key=uuid4().hex)


def _act_on_stage(world: World) -> Form:
    row = ReleaseStage.objects.get(pk=world.of.pk("release_stage"))
    return {**_reason(world), "key": uuid4().hex, "seen": token(seen_of(row)), "attempt": 1}


def _act_on_release(world: World) -> Form:
    release = world.of.rows["release"]
    return {**_reason(world), "key": uuid4().hex, "seen": token(seen_of_release(release)), "typed_name": release.name}


def _cluster(world: World) -> Form:
    aks = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k8s"
    names = {"workspace": world.of.pk("workspace"), "name": "new-k8s", "resource_id": aks}
    return {**_reason(world), **names, "key": uuid4().hex}


def _rule(_: World) -> Form:
    return {**ARTIFACT_RULE, "seen": artifact_rules.standing(None)}


def _binding(world: World, to: str) -> Form:
    binding = StageBinding.objects.filter(stage=world.of.rows["stage"]).first()
    return {"stage": f"{world.of.pk('stage')}:{bindings.standing(binding)}", "to": to}


def _unbinding(world: World) -> Form:
    world.admin.post(reverse("bind_stage"), _binding(world, f"cluster:{world.of.pk('cluster')}"))
    return _binding(world, "")


def _tried(world: World, address: str, form: Form) -> Form:
    """The form that the page of the try would send: saving just what was shown."""
    page = world.admin.post(address, form).content.decode()
    shown = re.findall(r'name="tried" value="(\w+)"', page)
    return {**form, "tried": shown[0], "do": "save"}


def _new_endpoint_rule(world: World) -> Form:
    return _tried(world, reverse("endpoint_rule_add"), {**ENDPOINT_RULE, "seen": endpoint_rules.standing(None)})


def _endpoint_rule(verb: str) -> Callable[[World], Form]:
    def form(world: World) -> Form:
        typed = {**ENDPOINT_RULE, "seen": endpoint_rules.standing(world.of.project)}
        return _tried(world, reverse(f"endpoint_rule_{verb}", args=[world.of.pk("endpoint_rule")]), typed)

    return form


def _project_rule(world: World) -> Form:
    return {**ARTIFACT_RULE, "seen": artifact_rules.standing(world.of.project)}


def _begun(world: World) -> Form:
    world.client.post(reverse("begin_app"))
    page = world.client.get(reverse("add_app")).content.decode()
    return {"code": code(re.findall(r'readonly value="([A-Z2-7]{32})"', page)[0])}


def _own_app(world: World) -> Form:
    world.app_of(world.by)
    return {}


def _half_signed_in(world: World) -> Client:
    world.client.logout()
    world.client.post(reverse("account_login"), _password(world))
    return world.client


def _password(world: World) -> Form:
    return {"login": world.by.email, "password": factories.PASSWORD}


def _new_password(_: World) -> Form:
    new = "another long enough phrase"
    return {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}


DOORS = [
    Door("sync_now", ("sync.requested",), who=ACTING),
    Door("take_back", ("command.cancelled",), parts=_own_command, who=OPERATING),
    Door("redeploy", ("command.recorded",), parts=_of("redeploy"), form=_act_on_stage, who=OPERATING),
    Door("cancel_stage", ("command.recorded",), parts=_running("cancel_stage"), form=_act_on_stage, who=OPERATING),
    Door("abandon_release", ("command.recorded",), parts=_of("abandon_release"), form=_act_on_release, who=OPERATING),
    Door("flag_release", ("flag.set",), parts=_of("flag_release"), form=_act_on_release, who=FLAGGING),
    Door("lift_flag", ("flag.lifted",), parts=_flagged, form=_act_on_release, who=FLAGGING),
    Door("check_again", ("command.unknown",), parts=_in_doubt, who=OPERATING),
    Door("send_again", ("command.authorised",), parts=_in_doubt, form=_reason, who=OPERATING),
    Door("close_command", ("command.confirmed",), parts=_in_doubt, form=_reason, who=OPERATING),
    Door("give_up", ("command.cancelled",), parts=_in_doubt, form=_reason, who=OPERATING),
    Door("stop_sending", ("sending.stopped",), parts=_organization, form=_reason, who=OPERATING),
    Door("start_sending", ("sending.started",), parts=_stopped),
    Door("connect", silent=ASKED, form=lambda _: CONNECTION),
    Door("connect_save", ("connection.saved",), parts=lambda world: [world.connection()]),
    Door("bind_stage", ("stage.bound",), form=lambda w: _binding(w, f"cluster:{w.of.pk('cluster')}")),
    Door("bind_stage", ("stage.unbound",), form=_unbinding),
    Door("artifact_rule_add", silent=ASKED, form=_rule),
    Door("artifact_rule_change", silent=ASKED, parts=lambda w: [w.of.pk("rule")], form=_project_rule),
    Door("artifact_rule_delete", silent=ASKED, parts=lambda w: [w.of.pk("rule")], form=_project_rule),
    Door("artifact_rule_save", ("artifact_rule.created",), parts=lambda world: [world.tried_rule()]),
    Door("endpoint_rule_add", ("endpoint_rule.created",), form=_new_endpoint_rule),
    Door(
        "endpoint_rule_change",
        ("endpoint_rule.changed",),
        parts=lambda w: [w.of.pk("endpoint_rule")],
        form=_endpoint_rule("change"),
    ),
    Door(
        "endpoint_rule_delete",
        ("endpoint_rule.deleted",),
        parts=lambda w: [w.of.pk("endpoint_rule")],
        form=_endpoint_rule("delete"),
    ),
    Door("grant_role", ("user.role_granted",), parts=_granted, form=lambda _: ROLE),
    Door("revoke_role", ("user.role_revoked",), parts=_granted, form=lambda _: {**ROLE, "role": "manager"}),
    Door("close_account", ("user.deactivated",), parts=_granted),
    Door("reopen_account", ("user.reactivated",), parts=lambda world: [world.closed.pk]),
    Door("remove_factors_of", ("user.second_factor_removed",), parts=_with_app),
    Door("revoke_key_of", ("api_key.revoked",), parts=_other_key),
    Door("invite", ("invitation.created",), form=lambda _: ROLE),
    Door("withdraw_invitation", ("invitation.withdrawn",), parts=lambda w: [w.of.pk("invitation")]),
    Door("place_identity", ("identity.placed",), parts=_place, form=lambda _: {"to": "service", "seen": ":unknown"}),
    Door("save_view", silent=PREFERENCE, form=lambda _: {"name": "new", "query": "trigger=model"}, **EVERYWHERE),
    Door(
        "overwrite_view", silent=PREFERENCE, parts=lambda w: [w.view()], form=lambda _: {"query": "q=1"}, **EVERYWHERE
    ),
    Door("rename_view", silent=PREFERENCE, parts=lambda w: [w.view()], form=lambda _: {"name": "b"}, **EVERYWHERE),
    Door("delete_view", silent=PREFERENCE, parts=lambda w: [w.view()], **EVERYWHERE),
    Door("account", ("user.renamed",), form=lambda _: {"name": "Another", "time_zone": "UTC"}, **EVERYWHERE),
    Door("account", silent=PREFERENCE, form=lambda w: {"name": w.by.name, "time_zone": "Asia/Tokyo"}, **EVERYWHERE),
    Door("theme", silent=PREFERENCE, form=lambda _: {"theme": "dark"}, **EVERYWHERE),
    Door("make_key", ("api_key.created",), form=lambda _: KEY, **EVERYWHERE),
    Door("revoke_own_key", ("api_key.revoked",), parts=lambda w: [w.key_of(w.by).prefix], **EVERYWHERE),
    Door("begin_app", silent="nothing is added before the app shows its code", **EVERYWHERE),
    Door("add_app", ("user.second_factor_added",), form=_begun, **EVERYWHERE),
    Door("renew_codes", ("user.recovery_codes_renewed",), form=_own_app, **EVERYWHERE),
    Door("remove_app", ("user.second_factor_removed",), form=_own_app, **EVERYWHERE),
    Door("account_change_password", ("user.password_changed",), form=_new_password, **EVERYWHERE),
    Door("account_login", ("signin.succeeded",), form=_password, client=lambda _: Client(), **EVERYWHERE),
    Door(
        "account_login",
        ("signin.failed",),
        form=lambda world: {**_password(world), "password": "not the right password"},
        client=lambda _: Client(),
        **EVERYWHERE,
    ),
    Door(
        "mfa_authenticate",
        ("signin.succeeded",),
        form=lambda world: {"code": code(world.app_of(world.by))},
        client=_half_signed_in,
        **EVERYWHERE,
    ),
    Door("attach_cluster", ("command.recorded",), form=_cluster, who=OPERATING),
    Door("verify_trail", ("audit.verification_requested",), **EVERYWHERE),
    Door("account_logout", ("signin.ended",), **EVERYWHERE),
    Door(
        "first",
        ("user.created", "user.role_granted", "signin.succeeded"),
        parts=lambda world: [_invited(world)],
        form=lambda _: {"name": "New", "email": "new@harbour.example", "password": factories.PASSWORD},
        client=lambda _: Client(),
        **EVERYWHERE,
    ),
    Door(
        "grant_role",
        ("signin.confirmation_failed",),
        parts=_granted,
        form=lambda _: {**ROLE, "confirm-password": "not the right password"},
        **EVERYWHERE,
    ),
    Door(
        "grant_role",
        ("signin.confirmed", "user.role_granted"),
        parts=_granted,
        form=lambda _: {**ROLE, "confirm-password": factories.PASSWORD},
    ),
]
"""Every POST there is; one address may stand here several times."""

REBOUND = "stages are bound by the changed rules at once, as the next look would"
SIGNED_IN = "when somebody last signed in"
BESIDE = {
    "theme": ({"releases_user"}, PREFERENCE),
    "account_login": ({"releases_user"}, SIGNED_IN),
    "mfa_authenticate": ({"releases_user"}, SIGNED_IN),
    "first": ({"releases_user"}, SIGNED_IN),
    "sign": ({"releases_auditcheckpoint", "releases_auditcheckpointcopy"}, "checkpoints are signed, not told"),
    "verify_audit": ({"releases_auditverification"}, "what was found, kept like the answer to a question"),
    "endpoint_rule_add": ({"releases_stagebinding"}, REBOUND),
    "endpoint_rule_change": ({"releases_stagebinding"}, REBOUND),
    "endpoint_rule_delete": ({"releases_stagebinding"}, REBOUND),
}
"""What a door may write that no action does, with the reason."""

_API = "the actions are those of the pages; as a program asks: tests/api/test_commands.py"
_TRIGGERS = "needs a pipeline as Azure has it: tests/pages/test_triggers.py; the action is in verbs.py"
ELSEWHERE = {
    "roll_back": "needs a past to go back to: tests/pages/test_acts.py; one `deploy`, whose door is here",
    "new_release": "needs what Azure offers: tests/pages/test_new_release.py; the action is in verbs.py",
    "add_schedule": _TRIGGERS,
    "change_trigger": _TRIGGERS,
    "switch_trigger": _TRIGGERS,
    "start_release": "a dialog of a draft: tests/pages/test_drafts.py; the action is in verbs.py",
    "api:commands": _API,
    "api:commands-take-back": _API,
    "api:commands-check-again": _API,
    "api:commands-send-again": _API,
    "api:commands-close": _API,
}
"""Addresses that are opened by tests of their own; each of their actions is run and counted here all the same."""
