"""Rules that decide what artifacts are: every change is tried on the past first, then saved. Called by their pages.

Nothing here tries or applies: `sync.roles` answers the inquiry and brings stored artifacts in line afterwards.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from releases import audit
from releases.actions import ruling
from releases.actions.acting import acting
from releases.audit import Actor
from releases.errors import Conflict, Invalid
from releases.models import ArtifactRule, Inquiry, Project, RoleUpdate, User
from releases.nudge import nudge
from releases.policies.patterns import problem
from releases.policies.roles import check_can_change_artifact_rules
from releases.queries.artifact_rules import standing
from releases.states import ArtifactRole

KIND = "artifact_rules"
VALID_FOR = timedelta(minutes=60)
FIELDS = ("priority", "type_pattern", "name_pattern", "role")


@dataclass(frozen=True)
class Wish:
    """What somebody wants of one rule; see `ruling.Wish`. `seen`: `queries.artifact_rules.standing`."""

    verb: str
    project: int | None
    seen: str
    rule: int | None = None
    priority: int = 100
    type_pattern: str = ""
    name_pattern: str = ""
    role: str = ArtifactRole.OTHER.value


def ask(wish: Wish, *, by: User, now: datetime | None = None) -> Inquiry:
    """Ask what would flip; the inquiry's answer lists it. Raises Denied, Invalid, Conflict."""
    _require_usable(wish)
    with acting(by):
        _locked(wish, by=by)
        payload = asdict(wish)
        inquiry = Inquiry.objects.create(kind=KIND, payload=payload, asked_by=by, asked_at=now or timezone.now())
        transaction.on_commit(lambda: nudge("inquiries.answer", inquiry=str(inquiry.pk)))
    return inquiry


def save(inquiry: Inquiry, *, by: User, now: datetime | None = None) -> Wish:
    """Make the change that was tried, and have stored artifacts brought in line. Raises Denied, Conflict."""
    now = now or timezone.now()
    wish = _tried(inquiry, now=now)
    with acting(by):
        project, rule = _locked(wish, by=by)
        key, change = ruling.written(wish, rule, ArtifactRule, fields=FIELDS, by=by)
        _bring_in_line(by=by, now=now)
        Inquiry.objects.filter(pk=inquiry.pk).update(answer={**inquiry.answer, "saved": True})
        type = f"artifact_rule.{ruling.VERBS[wish.verb]}"
        audit.append(type, by=by, project=project, object=("artifact_rule", str(key)), change=change)
    return wish


def _require_usable(wish: Wish) -> None:
    """Refuse what no rule can be, before anything is asked. Raises Invalid."""
    if wish.verb not in ruling.VERBS or wish.role not in set(ArtifactRole):
        raise Invalid("This is nothing a rule can be.", code="rule")
    if wish.verb == "delete":
        return
    if not wish.type_pattern and not wish.name_pattern:
        raise Invalid("Give a type or a name to match: a rule for everything hides all rules after it.", code="empty")
    if not 0 <= wish.priority <= ruling.MOST_PRIORITY:
        raise Invalid(f"A priority is a number from 0 to {ruling.MOST_PRIORITY:,}.", code="priority")
    for pattern in (wish.type_pattern, wish.name_pattern):
        if refused := problem(pattern) if pattern else "":
            raise Invalid(refused, code="pattern")


def _locked(wish: Wish, *, by: Actor) -> tuple[Project | None, ArtifactRule | None]:
    return ruling.locked(wish, ArtifactRule, check=check_can_change_artifact_rules, standing=standing, by=by)


def _tried(inquiry: Inquiry, *, now: datetime) -> Wish:
    if inquiry.kind != KIND or inquiry.state != Inquiry.State.ANSWERED or inquiry.answered_at is None:
        raise Conflict("This rule has not been tried yet.", code="not_answered")
    if inquiry.answer.get("saved"):
        raise Conflict("This change is saved already.", code="saved")
    if now - inquiry.answered_at > VALID_FOR:
        raise Conflict("This rule was tried too long ago. Try it again.", code="too_old")
    payload: dict[str, Any] = inquiry.payload
    return Wish(**payload)


def _bring_in_line(*, by: User, now: datetime) -> None:
    """Begin the one open update anew, or open one."""
    anew = {"asked_by": by, "asked_at": now, "done_to": 0, "read": 0, "changed": 0}
    if not RoleUpdate.objects.filter(is_open=True).update(**anew):
        RoleUpdate.objects.create(**anew)
    transaction.on_commit(lambda: nudge("sync.roles"))
