"""Opens pages of a filled database as a signed-in manager and says what they took. Sides of the goals P6, P7, P8, P12.

Called by `side.py`, in a process of its own; Django is set up by then.
"""

import gzip
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

from django import shortcuts
from django.conf import settings
from django.core.management import call_command
from django.template import engines
from django.template.context import make_context
from django.test import Client

from releases.models import Artifact, Identity, Membership, Pipeline, Release, Stage, User
from releases.queries import spans
from releases.queries.finding import cursor_of
from releases.states import ArtifactRole, Role
from tests import factories
from tests.benchmarks.addresses import visits

Figures = dict[str, Any]
DEEP = 100_000 - 2_000
"""Two thousand pages of fifty from the newest, less one page; in a small history the last page but a few."""
VISITS = 11
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')


def reader(*roles: Role) -> Client:
    """A browser of somebody with these roles everywhere, else of a manager.

    The process is one that serves, and static files are ready.
    """
    import_module("dashboard.wsgi")
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(_person(roles or (Role.MANAGER,)))
    return client


def _person(roles: Sequence[Role]) -> User:
    email = f"{'-'.join(roles)}@port.example"
    person = User.objects.filter(email=email).first() or factories.user(email=email)
    for role in roles:
        Membership.objects.get_or_create(user=person, role=role, project=None)
    return person


def lists(options: Figures) -> Figures:
    """P6: the list with each filter, its first page and deep in it; by case milliseconds at the 90th percentile, and
    how many releases the page shows."""
    client = reader()
    found: dict[str, float] = {}
    shown: dict[str, int] = {}
    for name, query in cases().items():
        for place, more in (("first page", ""), ("deep", f"&before={_deep_cursor()}")):
            address, case = f"/releases/?{query}{more}", f"{name}, {place}"
            found[case] = _p(90, _times(client, address))
            shown[case] = gzip.decompress(client.get(address).content).count(b"data-row")
    return {"p90_ms": found, "shown": shown}


def cases() -> dict[str, str]:
    """What the list is narrowed to: frequent, middling and rare values of every filter, and some together."""
    great, small = Pipeline.objects.order_by("id")[0], Pipeline.objects.order_by("id")[20]
    count = Release.objects.filter(pipeline=great).count()
    middle = Release.objects.filter(pipeline=great).order_by("created_on")[count // 2]
    carried = {artifact.role: artifact for artifact in Artifact.objects.filter(release=middle)}
    model, scaler, code = (carried[role] for role in (ArtifactRole.MODEL, ArtifactRole.SCALER, ArtifactRole.CODE))
    person = Identity.objects.filter(kind="person").order_by("id")[0]
    states = {f"status {name}": f"state={name}" for name in STATUSES}
    return {
        "no filter": "",
        "pipeline": f"pipeline={great.pk}",
        "small pipeline": f"pipeline={small.pk}",
        "trigger": "trigger=push",
        "rare trigger": "trigger=pull_request",
        "model version": f"model={model.name}:{model.version}",
        "model": f"model={model.name}",
        "scaler version": f"scaler={scaler.name}:{scaler.version}",
        "commit": f"commit={code.version_id[:9]}",
        "person": f"person={person.name}",
        "service": "person=Release+Management",
        "dates": f"until={middle.created_on.date()}",
        **states,
        "pipeline and failed": f"pipeline={great.pk}&state=failed",
        "model version and failed": f"model={model.name}:{model.version}&state=failed",
        "text, in all": "text=release",
        "text, in one": f"text={middle.name}",
        "text, in some": "text=harbour",
        "text, a person": f"text={person.name}",
        "text and pipeline": f"text=harbour&pipeline={small.pk}",
    }


STATUSES = ("live", "waiting", "running", "failed", "partly_succeeded", "canceled", "succeeded")


def floors(options: Figures) -> Figures:
    """P7 and P8: two pages and the same templates from rows in memory, and what is asked of the live spans."""
    client = reader()
    found: Figures = {}
    for name, address in (("list", "/releases/"), ("overview", "/")):
        template = _template_only(client, address)
        pages, floor = _interleaved(partial(client.get, address), template)
        found[name] = {"page_ms": _p(50, pages), "floor_ms": _p(50, floor)}
    stages = list(Stage.objects.values_list("id", flat=True))
    newest = Release.objects.latest("created_on", "id").created_on
    found["live now"] = _p(90, _timed(lambda: spans.open_by_stage(stages)))
    found["live then"] = _p(90, _timed(lambda: spans.by_stage_at(stages, newest - timedelta(days=350))))
    return found


def weights(options: Figures) -> Figures:
    """P12: each page of the URLconf: kilobytes over the wire, on a first visit and after it, and the server's time.

    Who visits is an administrator as well: pages about people are shown to nobody else.
    """
    roles = (Role.MANAGER, Role.ADMINISTRATOR)
    client, pages, missed = reader(*roles), {}, []
    for visit in visits(_person(roles)):
        answer = client.get(visit.address, headers=visit.headers) if visit.address else None
        if answer is None or answer.status_code == HTTPStatus.NOT_FOUND:
            missed.append(visit.name)
        elif answer.status_code == HTTPStatus.OK and "text/html" in answer.headers.get("Content-Type", ""):
            html = gzip.decompress(answer.content) if answer.headers.get("Content-Encoding") else answer.content
            beside = sum(_packed(path) for path in set(STATIC.findall(html.decode())))
            times = _timed(partial(client.get, visit.address, headers=visit.headers))
            sizes = {"after_kb": len(answer.content) / 1024, "first_kb": (len(answer.content) + beside) / 1024}
            pages[visit.name] = {**sizes, "p90_ms": _p(90, times)}
    return {"pages": pages, "missed": missed}


def _template_only(client: Client, address: str) -> Callable[[], Any]:
    """What renders the page's template again from the rows that the page has read."""
    seen: list[Any] = []

    def render(request: Any, template: str, context: dict[str, Any], **more: Any) -> Any:
        seen.append((request, template, context))
        return shortcuts.render(request, template, context, **more)

    with patch("dashboard.views.answers.render", render):
        client.get(address)
    request, name, context = seen[-1]
    template = engines["django"].get_template(name).template  # type: ignore[attr-defined]
    first = make_context(dict(context), request)
    template.render(first)
    rows = {key: value for layer in first.dicts for key, value in layer.items()}
    with first.bind_template(template):
        rows |= {key: value for layer in first.dicts for key, value in layer.items()}
    template.render(make_context(dict(rows), request))  # the frame reads its rows now, and keeps them
    return lambda: template.render(make_context(dict(rows), request))


def _deep_cursor() -> str:
    count = Release.objects.count()
    place = DEEP if count > DEEP else max(0, count - 120)
    return cursor_of(Release.objects.order_by("-created_on", "-id")[place])


def _packed(path: str) -> int:
    """A static file as the server sends it to a browser on http: gzipped where that makes it smaller."""
    file = Path(settings.STATIC_ROOT) / path.removeprefix("/static/")
    packed = file.with_name(f"{file.name}.gz")
    return (packed if packed.exists() else file).stat().st_size


def _times(client: Client, address: str) -> list[float]:
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK, f"{address} answered {answer.status_code}"
    return _timed(lambda: client.get(address))


def _timed(what: Callable[[], Any]) -> list[float]:
    what()
    return [_once(what) for _ in range(VISITS)]


def _interleaved(one: Callable[[], Any], other: Callable[[], Any]) -> tuple[list[float], list[float]]:
    pairs = [(_once(one), _once(other)) for _ in range(2 * VISITS)]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def _once(what: Callable[[], Any]) -> float:
    began = perf_counter()
    what()
    return 1000 * (perf_counter() - began)


def _p(percent: int, times: list[float]) -> float:
    return sorted(times)[(len(times) - 1) * percent // 100]
