"""Connecting an organization, a project and its Azure ML workspace: first ask, then save what was found.

Called by the Connect page and `manage.py connect`. Nothing here calls Azure: `sync.inquiries` answers. What is saved
is a reference to the credential, never the credential.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from releases import audit
from releases.actions.acting import acting
from releases.audit import Actor, Via
from releases.errors import Conflict, Invalid
from releases.models import Inquiry, Organization, Project, User, Watermark, Workspace
from releases.nudge import nudge
from releases.outbound import AddressRefused, check_can_configure
from releases.policies.roles import check_can_connect

KIND = "connection"
DEFAULT_VARIABLE = "AZURE_DEVOPS_EXT_PAT"
VALID_FOR = timedelta(minutes=30)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,98}")
_WORDS_FOR_A_TOKEN = {"PAT", "TOKEN"}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to connect. Without a `workspace` no registry is read."""

    organization_url: str
    project: str
    credential_kind: str = "pat"
    credential_variable: str = ""
    ca_file: str = ""
    subscription_id: str = ""
    resource_group: str = ""
    workspace: str = ""
    resource_manager_url: str = ""


def ask(wish: Wish, *, by: Actor, now: datetime | None = None) -> Inquiry:
    """Ask whether this connection would work; the inquiry's `answer` will hold one result per need.

    Raises Denied, and Invalid when the wish itself cannot be right.
    """
    asker = by if isinstance(by, User) else None
    with acting(by):
        check_can_connect(by)
        payload = asdict(_usable(wish))
        inquiry = Inquiry.objects.create(kind=KIND, payload=payload, asked_by=asker, asked_at=now or timezone.now())
        transaction.on_commit(lambda: nudge("inquiries.answer", inquiry=str(inquiry.pk)))
    return inquiry


def save(inquiry: Inquiry, *, by: Actor, now: datetime | None = None, via: Via | None = None) -> Project:
    """Store what an answered inquiry found: organization, project and, if its registry can be read, the workspace.

    Saving again changes the connection. Raises Denied, Conflict (not answered, or too long ago), Invalid (releases
    cannot be read).
    """
    with acting(by):
        check_can_connect(by)
        _require_fresh(inquiry, now=now or timezone.now())
        wish, found = inquiry.payload, inquiry.answer
        if not found.get("can_save"):
            raise Invalid("This connection cannot read releases, so it is not saved.", code="cannot_read")
        organization, change = _organization(wish, found)
        project = _project(organization, wish, found)
        if workspace := _workspace(wish, found):
            project.workspaces.add(workspace)
            change["workspace"] = (None, str(workspace))
            transaction.on_commit(lambda: nudge("sync.registry", workspace=workspace.pk))
            transaction.on_commit(lambda: nudge("sync.serving", workspace=workspace.pk))
        _let_sync_go_on(organization)
        key = ("project", f"{organization.name}/{project.azure_id}")
        audit.append("connection.saved", by=by, project=project, object=key, change=change, via=via)
        transaction.on_commit(lambda: nudge("sync.project", project=project.pk))
    return project


def _usable(wish: Wish) -> Wish:
    """The wish in one spelling. Raises Invalid naming what is wrong."""
    if not wish.project.strip():
        raise Invalid("Name the project.", code="no_project")
    if wish.credential_kind not in Organization.Credential.values:
        raise Invalid("A credential is pat:VARIABLE or entra.", code="credential")
    rest = {"project": wish.project.strip(), "credential_variable": _variable(wish)}
    ml = (wish.subscription_id, wish.resource_group, wish.workspace)
    if any(ml) and not all(ml):
        raise Invalid("A workspace needs its subscription, its resource group and its name.", code="workspace")
    if wish.resource_manager_url:
        _require_callable(wish.resource_manager_url)
        rest["resource_manager_url"] = wish.resource_manager_url.rstrip("/")
    return Wish(**{**asdict(wish), **rest, "organization_url": _organization_url(wish.organization_url)})


def _organization_url(url: str) -> str:
    """The address of the organization itself: people paste addresses of pages below it."""
    url = url.strip()
    _require_callable(url)
    parts = urlsplit(url)
    path = parts.path.strip("/")
    if (parts.hostname or "") == "dev.azure.com":
        path = path.partition("/")[0]
        if not path:
            raise Invalid("Give the organization's address, like https://dev.azure.com/Contoso.", code="organization")
    return urlunsplit((parts.scheme, parts.netloc.lower(), f"/{path}" if path else "", "", ""))


def _require_callable(url: str) -> None:
    try:
        check_can_configure(url)
    except AddressRefused as error:
        raise Invalid(error.sentence, code="address") from error


def _variable(wish: Wish) -> str:
    """Which variable holds the token. Only names that say so: any other could be a secret meant for somebody else."""
    if wish.credential_kind == Organization.Credential.ENTRA:
        return ""
    name = wish.credential_variable.strip() or DEFAULT_VARIABLE
    if not _VARIABLE.fullmatch(name) or not _WORDS_FOR_A_TOKEN & set(name.upper().split("_")):
        raise Invalid(
            "Give the name of an environment variable that holds the token, with the word PAT or TOKEN in "
            "it, like MY_PAT; never the token.",
            code="credential",
        )
    return name


def _require_fresh(inquiry: Inquiry, *, now: datetime) -> None:
    if inquiry.kind != KIND or inquiry.state != Inquiry.State.ANSWERED or inquiry.answered_at is None:
        raise Conflict("This connection has not been tried yet.", code="not_answered")
    if now - inquiry.answered_at > VALID_FOR:
        raise Conflict("This connection was tried too long ago. Try it again.", code="too_old")


def _organization(wish: dict[str, Any], found: dict[str, Any]) -> tuple[Organization, dict[str, Any]]:
    """The row with what was asked for, and what changed."""
    told = {name: wish[name] for name in ("credential_kind", "credential_variable", "ca_file")}
    url = wish["organization_url"]
    before = Organization.objects.filter(url=url).values(*told).first() or dict.fromkeys(told)
    state = {"state": Organization.State.CONNECTED, "state_sentence": "", "state_since": timezone.now()}
    own = {"own_identity_key": found["identity_key"], "own_identity_name": found["identity_name"]}
    values = {**told, **state, **own, "own_identity_read_at": timezone.now()}
    # Locks the row first: its rate gate is kept by whoever asks Azure meanwhile, and must not be written over.
    row, _ = Organization.objects.update_or_create(
        url=url, defaults=values, create_defaults={**values, "name": _name_of(url)}
    )
    return row, {name: (before[name], value) for name, value in told.items() if before[name] != value}


def _project(organization: Organization, wish: dict[str, Any], found: dict[str, Any]) -> Project:
    """The row; followed (again). A renamed project is the same one, its slug stays."""
    name = found["project_name"] or wish["project"]
    values = {"name": name, "is_followed": True}
    row, _ = Project.objects.update_or_create(
        organization=organization,
        azure_id=found["project_id"],
        defaults=values,
        create_defaults={**values, "slug": _free_slug(name, organization)},
    )
    return row


def _workspace(wish: dict[str, Any], found: dict[str, Any]) -> Workspace | None:
    """The workspace, if one was asked for and its registry can be read."""
    readable = any(one["need"] == "read the registry" and one["state"] == "ok" for one in found["needs"])
    if not wish["workspace"] or not readable:
        return None
    told = {"resource_manager_url": wish["resource_manager_url"], "ca_file": wish["ca_file"], "state_sentence": ""}
    key = {"subscription_id": wish["subscription_id"], "resource_group": wish["resource_group"]}
    row, _ = Workspace.objects.update_or_create(
        **key, name=wish["workspace"], defaults={**told, "location": found["location"]}
    )
    return row


def _let_sync_go_on(organization: Organization) -> None:
    """What rested because of the old credential is due at once."""
    resting = Watermark.objects.filter(project__organization=organization, due_at__isnull=False)
    resting.update(due_at=None, failures=0)


def _name_of(url: str) -> str:
    """What people call the organization: the last part of its address."""
    parts = urlsplit(url)
    return parts.path.rstrip("/").rpartition("/")[2] or (parts.hostname or url).partition(".")[0]


def _free_slug(name: str, organization: Organization) -> str:
    wanted = slugify(name)[:80] or "project"
    choices = [wanted, f"{slugify(organization.name)[:15]}-{wanted}", *(f"{wanted}-{n}" for n in range(2, 1000))]
    taken = set(Project.objects.filter(slug__in=choices).values_list("slug", flat=True))
    return next(one for one in choices if one not in taken)
