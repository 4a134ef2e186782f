"""What a release asks of the endpoint it deploys to: settings found in its tasks' inputs and in its variables.

Pure: works on Azure's JSON as it was stored. A task's input goes before a variable, because it is what runs; `$(NAME)`
in it stands for the variable.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from releases.queries.setting_names import Setting, Value, meaning_of, value_of

DEEPEST = 5
LONGEST = 200
LONGEST_INPUT = 20_000
_MACRO = re.compile(r"\$\(([^()$]{1,200})\)")
_ARGUMENT = re.compile(r"--([A-Za-z][\w.-]{1,80})(?:\s*=\s*|\s+)(\"[^\"]*\"|'[^']*'|(?!--)\S+)")


@dataclass(frozen=True)
class Asked:
    """One setting as the release asks for it: the value where it can be told, the text as it stands, and where."""

    setting: Setting
    value: Value | None
    text: str
    source: str


def asked_for(
    *, tasks: Iterable[Mapping[str, Any]], stage: Mapping[str, Any], release: Mapping[str, Any]
) -> dict[Setting, Asked]:
    """What is asked for, by setting. `tasks`: the stage's workflow tasks; the others: variables as Azure keeps them.

    The first that says a setting wins: tasks, then variables of the stage, then those of the release.
    """
    variables = {**_by_name(release), **_by_name(stage)}
    found: dict[Setting, Asked] = {}
    for name, raw, source in [*_of_tasks(tasks), *_of_variables(stage, "stage"), *_of_variables(release, "release")]:
        meaning = meaning_of(name)
        if meaning is None or meaning.setting in found:
            continue
        text = _resolved(raw, variables)
        where = f"{source} {raw}" if raw != text else source
        found[meaning.setting] = Asked(meaning.setting, value_of(text, meaning), text[:LONGEST], where[:LONGEST])
    return found


def _of_tasks(tasks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for task in tasks:
        inputs = task.get("inputs")
        if task.get("enabled") is False or not isinstance(inputs, dict):
            continue
        for name, value in inputs.items():
            if isinstance(value, str | int | float) and str(value).strip():
                yield from _of_input(str(task.get("name") or "a task"), str(name), str(value)[:LONGEST_INPUT])


def _of_input(task: str, name: str, value: str) -> Iterator[tuple[str, str, str]]:
    """The input itself, and the `--name value` pairs of a command line in it."""
    yield name, value, f"task {task}, {name}"
    for argument, given in _ARGUMENT.findall(value):
        yield argument, given.strip("\"'"), f"task {task}, --{argument}"


def _of_variables(variables: Mapping[str, Any], of: str) -> Iterator[tuple[str, str, str]]:
    for name, held in variables.items():
        yield str(name), _text(held), f"variable {name} of the {of}"


def _by_name(variables: Mapping[str, Any]) -> dict[str, str]:
    """Azure's names of variables have no case."""
    return {str(name).lower(): _text(held) for name, held in variables.items()}


def _text(held: Any) -> str:
    """The value of a variable; secrets are never told."""
    if isinstance(held, dict):
        held = "secret" if held.get("isSecret") else held.get("value")
    return "" if held is None else str(held)


def _resolved(text: str, variables: Mapping[str, str]) -> str:
    """With `$(NAME)` replaced, again and again up to a limit: variables may name each other in a circle."""
    for _ in range(DEEPEST):
        replaced = _MACRO.sub(lambda found: variables.get(found[1].lower(), found[0]), text)[:LONGEST_INPUT]
        if replaced == text:
            break
        text = replaced
    return text.strip()
