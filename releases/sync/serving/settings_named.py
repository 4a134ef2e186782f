"""Which places a stage's own settings name: values of variables and task inputs. Pure; used by `binding`.

Only words are collected here. Which of them are endpoints or clusters is decided against those that exist, so a word
too many does no harm.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SAYS_A_PLACE = re.compile(
    r"(endpoint|endpointname|servicename|webservice|deploymentname|akscluster|cluster|clustername|computetarget|computename)$"
)
"""Names of variables and inputs, without case and signs, whose value is a place and not merely mentions one."""
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_MACRO = re.compile(r"\$\(([^()$]{1,200})\)")
LONGEST = 20_000
DEEPEST = 3


@dataclass(frozen=True)
class Named:
    """Words in small letters: values of settings that name a place, and all other words in the settings."""

    explicit: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()


def names_in(document: Mapping[str, Any], environment: int) -> Named:
    """The words of one stage of a definition: its tasks' inputs, its variables, then those of the definition."""
    stage = next((one for one in _dicts(document.get("environments")) if one.get("id") == environment), {})
    own, shared = _variables(stage), _variables(document)
    known = {**shared, **own}
    explicit, mentioned = set[str](), set[str]()
    for name, value in [*_inputs(stage), *own.items(), *shared.items()]:
        text = _resolved(value, known)
        said = {text.strip().lower()} if _SAYS_A_PLACE.search(re.sub(r"[^a-z0-9]", "", name.lower())) else set()
        explicit |= said
        mentioned |= {word.lower() for word in _WORD.findall(text)}
    return Named(frozenset(explicit), frozenset(mentioned - explicit))


def _inputs(stage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for phase in _dicts(stage.get("deployPhases")):
        for task in _dicts(phase.get("workflowTasks")):
            inputs = task.get("inputs")
            if task.get("enabled") is not False and isinstance(inputs, dict):
                yield from ((str(name), str(value)[:LONGEST]) for name, value in inputs.items() if value)


def _variables(thing: Mapping[str, Any]) -> dict[str, str]:
    told = thing.get("variables")
    found = told.items() if isinstance(told, dict) else ()
    return {
        str(name): one["value"][:LONGEST]
        for name, one in found
        if isinstance(one, dict) and isinstance(one.get("value"), str) and not one.get("isSecret")
    }


def _resolved(value: str, known: Mapping[str, str]) -> str:
    """With `$(NAME)` replaced by the variable's value, which may name another one."""
    by_name = {name.lower(): text for name, text in known.items()}
    for _ in range(DEEPEST):
        replaced = _MACRO.sub(lambda found: by_name.get(found[1].lower(), found[0]), value)[:LONGEST]
        if replaced == value:
            break
        value = replaced
    return value


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
