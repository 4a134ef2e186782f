"""Nothing is changed without its event: every door is opened for real, and what was written and appended is counted.

Addresses, API methods, commands and tasks come from the product itself; one without a row in the tables fails.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import get_commands
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from dashboard.celery import app
from releases.models import AuditEvent
from releases.states import Role
from tests import factories
from tests.architecture.test_other_projects import ADDRESSES, OBJECTS
from tests.audit.doors import BESIDE, DOORS, ELSEWHERE
from tests.audit.shell import COMMANDS, PASSWORD, TASKS, Row
from tests.audit.verbs import EXPORTS, NOT_CALLED, QUIET, VERBS, read_whole
from tests.audit.watching import Seen, public_actions, watched
from tests.audit.world import World, world
from tests.full_project import FullProject, full_project

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
ACTIONS = public_actions()
Ready = Callable[[World], Callable[[], Any]]
CODES = {function.__code__: name for name, function in ACTIONS.items()}


@pytest.fixture
def of(db) -> FullProject:
    return full_project("turku", number=51_000)


def run(ready: Ready, of: FullProject) -> tuple[Seen, list[str], Any]:
    """Do it as an administrator, see what happened, take it back."""
    with transaction.atomic():
        act = ready(world(of, role=Role.ADMINISTRATOR))
        last = AuditEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        with watched(CODES) as seen:
            answer = act()
        types = list(AuditEvent.objects.filter(seq__gt=last).order_by("seq").values_list("type", flat=True))
        transaction.set_rollback(True)
    return seen, [type for type in types if type != "audit.genesis"], answer


def wrong_with(name: str, expected: tuple[str, ...], seen: Seen, types: list[str], *, silent: str) -> list[str]:
    """What does not hold of one run, in words."""
    found = []
    if bool(expected) == bool(silent):
        found.append(f"{name}: it leaves events, or there is a reason why not")
    if types != list(expected):
        found.append(f"{name}: left {types}, not {list(expected)}")
    if seen.tables and not types and not silent:
        found.append(f"{name}: wrote {sorted(set(seen.tables))} and left no event")
    return found


def test_every_door_leaves_its_events_and_every_action_its_own(of, monkeypatch):
    monkeypatch.setenv(PASSWORD, "another long enough phrase")
    wrong, called = list[str](), set[str]()
    runs: list[tuple[str, tuple[str, ...], str, Ready]] = [
        (door.address, door.events, door.silent, door.ready) for door in DOORS
    ]
    runs += [(verb.name, verb.events, verb.silent, verb.ready) for verb in VERBS]
    runs += [(name, row.events, row.silent, row.ready) for name, row in COMMANDS.items() if row.ready]
    for name, events, silent, ready in runs:
        seen, types, answer = run(ready, of)
        wrong += wrong_with(name, events, seen, types, silent=silent)
        wrong += [f"{name}: {one} wrote and left no event" for one in seen.silent - set(QUIET)]
        beside = seen.beside - BESIDE.get(name, (set(), ""))[0]
        wrong += [f"{name}: wrote {sorted(beside)} outside of any action"] if beside else []
        called |= seen.called
        if getattr(answer, "status_code", 200) >= 400 and not any(type.endswith("failed") for type in types):
            wrong.append(f"{name}: answered {answer.status_code}, so nothing was tried")
    assert not wrong, "\n".join(wrong)
    assert set(ACTIONS) - called == set(NOT_CALLED), "a new action needs a door, or a verb in tests/audit/verbs.py"
    assert set(QUIET) <= set(ACTIONS), "QUIET names what is gone"


def test_every_address_that_takes_a_post_has_its_door(of):
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    taking = {name for name in ADDRESSES if browser.post(sample(name, of)).status_code != 405}
    assert taking == {door.address for door in DOORS} | set(ELSEWHERE), "add it to tests/audit/doors.py"


def test_the_api_changes_nothing_else(of):
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    for name in (one for one in ADDRESSES if one.startswith("api:") and one != "api:not-here"):
        taken = {"post"} if name in ELSEWHERE else set()
        for method in {"post", "put", "patch", "delete"} - taken:
            assert getattr(browser, method)(sample(name, of)).status_code == 405, name


def test_reading_writes_nothing_but_questions(of):
    browser = factories.browser_of(factories.user(role=Role.ADMINISTRATOR))
    for name in ADDRESSES:
        with watched({}) as seen:
            read_whole(browser.get(sample(name, of)))
        assert set(seen.tables) <= {"releases_inquiry"} and seen.events == int(name in EXPORTS), name


def sample(name: str, of: FullProject) -> str:
    """The address with something in its parts; of an object where there is one."""
    if name in OBJECTS:
        return reverse(name, args=OBJECTS[name](of))
    count = len(ADDRESSES[name].pattern.converters) or ADDRESSES[name].pattern.regex.groups
    for one in ("00000000-0000-0000-0000-000000000000", 1, "x"):
        try:
            return reverse(name, args=[one] * count) if count != 2 else reverse(name, args=[1, one])
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_every_command_has_its_row(of):
    ours = {name for name, app_name in get_commands().items() if app_name == "releases"}
    assert ours == set(COMMANDS), "add it to tests/audit/shell.py"
    assert wrong_rows({name: row for name, row in COMMANDS.items() if not row.ready}, of) == []


def test_every_task_leaves_its_events(of):
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    assert ours == set(TASKS), "add it to tests/audit/shell.py"
    assert wrong_rows(TASKS, of) == []


def wrong_rows(rows: dict[str, Row], of: FullProject) -> list[str]:
    """What does not hold: of those run here, and of those whose test elsewhere does not ask for their events."""
    wrong = []
    for name, row in rows.items():
        if row.ready is not None:
            seen, types, _ = run(row.ready, of)
            wrong += wrong_with(name, row.events, seen, types, silent=row.silent)
        else:
            source = row.source()
            wrong += [f"{name}: {row.tested_in} asks for no {type}" for type in row.events if f'"{type}"' not in source]
            wrong += [f"{name}: neither events nor a reason"] if not row.events and not row.silent else []
    return wrong
