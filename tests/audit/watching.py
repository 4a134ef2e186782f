"""What really happens while something runs: rows written, events appended, actions called. Used by completeness tests.

The database is watched at its cursor and the actions by the interpreter, so nothing of the product has to say a word.
"""

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

from django.db import connection

from releases import actions

WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
OF_THE_TRAIL = {"releases_auditprivate"}
OF_SIGNING_IN = {"django_session"}


def public_actions() -> dict[str, Any]:
    """Every public function of `releases.actions`, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(actions.__path__, f"{actions.__name__}."):
        for name, one in inspect.getmembers(import_module(module.name), inspect.isfunction):
            if one.__module__ == module.name and not name.startswith("_"):
                found[f"{module.name.removeprefix(actions.__name__ + '.')}.{name}"] = inspect.unwrap(one)
    return found


@dataclass
class Seen:
    """Tables written (`beside`: by no action), events, actions called, and those that wrote and left no event."""

    tables: list[str] = field(default_factory=list)
    beside: set[str] = field(default_factory=set)
    events: int = 0
    called: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)


@contextmanager
def watched(names: dict[CodeType, str]) -> Iterator[Seen]:
    """What happens in the block. `names` gives the code of each action its name; without, only rows are watched."""
    seen, began = Seen(), list[tuple[int, int]]()

    def on_query(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            if found[1] == "releases_auditevent":
                seen.events += 1
            elif found[1] not in OF_THE_TRAIL | OF_SIGNING_IN:
                seen.tables.append(found[1])
                seen.beside |= set() if began else {found[1]}
        return execute(sql, params, many, context)

    def on_call(frame: FrameType, event: str, _: Any) -> None:
        name = names.get(frame.f_code)
        if name is None:
            return
        if event == "call":
            seen.called.add(name)
            began.append((len(seen.tables), seen.events))
        elif event == "return":
            tables, events = began.pop()
            if not began and len(seen.tables) > tables and seen.events == events:
                seen.silent.add(name)

    with connection.execute_wrapper(on_query):
        sys.setprofile(on_call if names else None)
        try:
            yield seen
        finally:
            sys.setprofile(None)
