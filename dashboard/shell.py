"""What the frame around every page shows: navigation, pipelines, freshness, the account. A context processor.

Everything is read when a template first asks for it, so a fragment pays for nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from releases.models import Membership, Organization, User, Workspace
from releases.queries.commands import needing
from releases.queries.pipeline_words import PipelineWord, pipeline_words
from releases.queries.pipelines import PipelineNow
from releases.queries.sources import Source, checked_at, projects
from releases.queries.statuses import NEEDS_A_LOOK
from releases.states import Role

PIPELINES_SHOWN = 8
THEMES = ("system", "light", "dark")
LISTED = ("compare", "saved_views", "save_view", "rename_view")
RELEASE_TABS = ("release_logs", "release_timeline", "release_variables", "release_audit")
ACTS = ("redeploy", "cancel_stage", "abandon_release", "flag_release", "lift_flag", "start_release", "roll_back")
MAKING = ("choose_pipeline", "new_release")
SETTLING = ("check_again", "send_again", "close_command", "give_up", "stop_sending", "start_sending")
REGISTRY = ("model_version", "training_run")


class Item(NamedTuple):
    """One entry of the navigation; `names` are the addresses it is current on."""

    address: str
    icon: str
    label: str
    key: str
    names: frozenset[str]


MAIN = (
    Item("overview", "layout-grid", "Overview", "o", frozenset({"overview"})),
    Item(
        "releases",
        "rocket",
        "Releases",
        "r",
        frozenset({"releases", "release", *RELEASE_TABS, *REGISTRY, *LISTED, *ACTS, *MAKING}),
    ),
    Item("audit", "scroll-text", "Audit", "t", frozenset({"audit", "live_at", "audit_log", "audit_entry"})),
)
SYSTEM = (
    Item("sync", "refresh-cw", "Sync", "s", frozenset({"sync"})),
    Item("commands", "send", "Commands", "m", frozenset({"commands", "command", *SETTLING})),
    Item(
        "clusters", "server", "Clusters", "u", frozenset({"clusters", "endpoint", "clusters_moving", "attach_cluster"})
    ),
    Item("connect", "settings", "Connections", "c", frozenset({"connect", "connect_answer"})),
)


class Shell:
    """The frame for one request."""

    main = MAIN
    system = SYSTEM
    themes = THEMES

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def user(self) -> User | None:
        """Who is signed in; nobody on pages that are told before that is known."""
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @property
    def current(self) -> str:
        """The name of the address shown."""
        match = self._request.resolver_match
        return match.url_name or "" if match else ""

    @property
    def path(self) -> str:
        """The address shown, without what narrows it."""
        return self._request.path

    @property
    def theme(self) -> str:
        """The reader's choice, from the cookie, so that signed-out pages have it too."""
        chosen = self._request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
        return chosen if chosen in THEMES else self.user.theme if self.user else "system"

    @property
    def has_shortcuts(self) -> bool:
        """Whether single keys act: as the account says, and the cookie on pages without one."""
        if self.user:
            return self.user.has_shortcuts
        return self._request.COOKIES.get(settings.KEYS_COOKIE_NAME) != "off"

    @cached_property
    def pipelines(self) -> Sequence[PipelineWord | PipelineNow]:
        """Every pipeline the reader sees, with its word. The overview, which knows more of them, hands in its own."""
        return pipeline_words(self.user) if self.user else []

    @cached_property
    def pipelines_shown(self) -> Sequence[PipelineWord | PipelineNow]:
        """Those in the sidebar: all, or those that need a look first where there are too many."""
        if len(self.pipelines) <= PIPELINES_SHOWN:
            return self.pipelines
        return sorted(self.pipelines, key=lambda one: one.word not in NEEDS_A_LOOK)[:PIPELINES_SHOWN]

    @cached_property
    def sources(self) -> Sequence[Source]:
        """How the projects the reader sees are kept fresh."""
        every = timedelta(seconds=settings.SLIPWAY_SYNC_SECONDS)
        return projects(self.user, now=timezone.now(), every=every) if self.user else []

    @property
    def stale(self) -> Sequence[Source]:
        """Those whose history may be out of date; the pages that show it say so."""
        return [source for source in self.sources if source.standing.is_stale]

    def stale_in(self, project: int) -> Sequence[Source]:
        """The same for a page that is of one project alone."""
        return [source for source in self.stale if source.project and source.project.pk == project]

    @property
    def checked_at(self) -> datetime | None:
        """How fresh the history is."""
        return checked_at(self.sources)

    @cached_property
    def _held(self) -> list[str]:
        return sorted(Membership.objects.filter(user=self.user).values_list("role", flat=True).distinct())

    @cached_property
    def needing(self) -> int:
        """How many commands need somebody."""
        return needing(self.user) if self.user else 0

    @property
    def has_role(self) -> bool:
        """Whether the reader holds any role; without one nothing is there to see."""
        return bool(self._held)

    @property
    def is_administrator(self) -> bool:
        """Whether the reader gives roles anywhere."""
        return Role.ADMINISTRATOR in self._held

    @property
    def role(self) -> str:
        """The reader's roles in words."""
        names = ["QA specialist" if role == Role.QA else role.capitalize() for role in self._held]
        return ", ".join(names) or "No role yet"


class Origins(Sequence[str]):
    """The connected addresses, which pages may link to; read when the first link asks."""

    @cached_property
    def _urls(self) -> list[str]:
        managers = Workspace.objects.exclude(resource_manager_url="").values_list("resource_manager_url", flat=True)
        return [*Organization.objects.values_list("url", flat=True), *managers]

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        return self._urls[index]

    def __len__(self) -> int:
        return len(self._urls)


def shell_of(request: HttpRequest) -> Shell:
    """The frame of this request; the same one for view and template, so that nothing is read twice."""
    found: Shell | None = getattr(request, "shell", None)
    if found is None:
        found = Shell(request)
        request.shell = found  # type: ignore[attr-defined]
    return found


def shell(request: HttpRequest) -> dict[str, object]:
    """The context of every template."""
    return {"shell": shell_of(request), "origins": Origins(), "sync_seconds": settings.SLIPWAY_SYNC_SECONDS}
