"""One of everything that can be acted on, and a person who acts. Used by the tests of completeness and of refusals."""

from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone

from releases.actions import artifact_rules
from releases.actions.api_keys import create_api_key
from releases.actions.second_factors import add_totp
from releases.audit import System
from releases.models import ApiKey, Inquiry, Project, SavedView, User
from releases.policies.codes import STEP_SECONDS, code_at, new_seed
from releases.policies.fresh import Method, Proof
from releases.queries.artifact_rules import standing
from releases.states import Role
from tests import factories
from tests.full_project import FullProject

SHELL = System("shell")
FOUND = {
    "needs": [],
    "identity_key": "1",
    "identity_name": "svc-slipway",
    "project_id": "00000000-0000-0000-0000-00000000c0de",
    "project_name": "Connected",
    "projects": [],
    "location": "",
    "can_save": True,
}
CONNECTION = {
    "organization_url": "https://dev.azure.com/port-authority",
    "project": "Connected",
    "credential_kind": "pat",
    "credential_variable": "A_TOKEN",
}


@dataclass
class World:
    """`by` acts, with `client` and a fresh sign-in; what is theirs (key, view, questions) is made on first use."""

    of: FullProject
    by: User
    client: Client
    other: User
    closed: User

    @property
    def admin(self) -> Client:
        """Another browser, of an administrator of everything."""
        return factories.browser_of(factories.user(role=Role.ADMINISTRATOR))

    def key_of(self, owner: User) -> ApiKey:
        """A key of theirs."""
        return create_api_key(owner, name="a program", by=SHELL).key

    def view(self) -> int:
        """A saved view of who acts."""
        return int(SavedView.objects.create(user=self.by, name="mine", query="trigger=model").pk)

    def asked(self, kind: str, payload: dict[str, Any], answer: dict[str, Any]) -> UUID:
        """A question of who acts that was answered just now."""
        times = {"asked_at": timezone.now(), "answered_at": timezone.now()}
        done = {"state": Inquiry.State.ANSWERED, "answer": answer, **times}
        return Inquiry.objects.create(kind=kind, payload=payload, asked_by=self.by, **done).pk

    def connection(self) -> UUID:
        """A connection that was tried."""
        more = {"ca_file": "", "subscription_id": "", "resource_group": "", "workspace": "", "resource_manager_url": ""}
        return self.asked("connection", {**CONNECTION, **more}, FOUND)

    def tried_rule(self) -> UUID:
        """An artifact rule that was tried."""
        seen = standing(None)
        wish = {"verb": "add", "project": None, "seen": seen, "rule": None, "priority": 7, "role": "other"}
        return self.asked(artifact_rules.KIND, {**wish, "type_pattern": "", "name_pattern": "^x$"}, {"flips": 0})

    def app_of(self, person: User) -> str:
        """Their authenticator app, added a minute ago: its seed."""
        seed, then = new_seed(), timezone.now() - timedelta(minutes=1)
        proof = Proof(Method.PASSWORD, mfa=False, at=then)
        add_totp(person, seed=seed, code=code(seed, at=then.timestamp()), by=person, proof=proof, now=then)
        return seed


def code(seed: str, *, at: float | None = None) -> str:
    """What the app shows."""
    return code_at(int(at or time()) // STEP_SECONDS, seed=seed)


def world(of: FullProject, *, role: Role | None, project: Project | None = None) -> World:
    """Somebody of this role, everywhere unless in one project."""
    by = factories.user(role=role, project=project)
    other = factories.user(role=Role.MANAGER)
    return World(of, by, factories.browser_of(by), other, factories.user(is_active=False))
