"""What an artifact is to the team: model, scaler, code, build or other, and which rule says so.

Reads rules, writes nothing.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F, Q

from releases.models import ArtifactRule, Project
from releases.states import ArtifactRole

RoleOf = Callable[[str, str, str], ArtifactRole]
"""From an artifact's type, alias and name to its role."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; patterns are regular expressions, matched anywhere, without regard to case. Empty matches all.

    `origin` says where it comes from ("Rule 3 by Ada"); the built-in rules have none.
    """

    type_pattern: str
    name_pattern: str
    role: ArtifactRole
    origin: str = ""

    def holds(self, type_: str, alias: str, name: str) -> bool:
        """True when both patterns match; the name pattern may match the alias or the name."""
        if self.type_pattern and not _matches(self.type_pattern, type_):
            return False
        return not self.name_pattern or _matches(self.name_pattern, alias) or _matches(self.name_pattern, name)

    def why(self, type_: str, alias: str, name: str) -> str:
        """In words, for what it holds for."""
        if self.origin:
            return self.origin
        if not self.name_pattern:
            return "Type Azure ML model" if self.role is ArtifactRole.MODEL else f"Type {type_}"
        found = _found(self.name_pattern, alias) or _found(self.name_pattern, name)
        return f"Name matches {found.strip('_').lower()}"


@dataclass(frozen=True, slots=True)
class Decided:
    """A role with its reason; `is_by_rule` is False where none matched."""

    role: ArtifactRole
    why: str
    is_by_rule: bool = True


NO_RULE = Decided(ArtifactRole.OTHER, "No rule matched", is_by_rule=False)

DEFAULTS = (
    Rule("", r"scaler|scaling|normali[sz]er|preprocess", ArtifactRole.SCALER),
    # The wire name of Azure ML's artifact type is not documented; the extension calls itself "AzureML" everywhere.
    Rule(r"azureml|mlmodel", "", ArtifactRole.MODEL),
    Rule("", r"^_?models?$", ArtifactRole.MODEL),
    Rule(r"^(git|github|githubenterprise|tfvc|svn|externalgit|bitbucket|gerrit)", "", ArtifactRole.CODE),
    Rule(r"build|jenkins|teamcity|circleci|bamboo", "", ArtifactRole.BUILD),
)
"""What holds where no stored rule matches; rows of `ArtifactRule` come before them."""


def role_of(type_: str, alias: str, name: str, *, rules: Iterable[Rule] = ()) -> ArtifactRole:
    """The role by the first rule that holds, the given ones before the defaults."""
    for rule in (*rules, *DEFAULTS):
        if rule.holds(type_, alias, name):
            return rule.role
    return ArtifactRole.OTHER


def decided(type_: str, alias: str, name: str, *, rules: Iterable[Rule] = ()) -> Decided:
    """The same with the reason."""
    for rule in (*rules, *DEFAULTS):
        if rule.holds(type_, alias, name):
            return Decided(rule.role, rule.why(type_, alias, name))
    return NO_RULE


def roles_for(project: Project) -> RoleOf:
    """A role finder with the project's rules, then those of every project, each by priority. One query."""
    return finder(rules_of(project))


def decisions_for(project: Project) -> Callable[[str, str, str], Decided]:
    """The same with the reasons, for pages. One query."""
    rules = rules_of(project)
    return lambda type_, alias, name: decided(type_, alias, name, rules=rules)


def finder(rules: Sequence[Rule]) -> RoleOf:
    """A role finder that remembers what it found: the same artifacts come again and again."""

    @lru_cache(maxsize=1024)
    def find(type_: str, alias: str, name: str) -> ArtifactRole:
        return role_of(type_, alias, name, rules=rules)

    return find


def rules_of(project: Project) -> tuple[Rule, ...]:
    """The stored rules that hold in this project, in order of effect. One query."""
    rows = ArtifactRule.objects.filter(Q(project=project) | Q(project=None)).select_related("changed_by")
    rows = rows.order_by(F("project_id").asc(nulls_last=True), "priority", "id")
    return tuple(rule_of(row, number) for number, row in enumerate(rows, 1))


def rule_of(row: ArtifactRule, number: int) -> Rule:
    """The rule in a row, which is so many in order of effect."""
    by = f" by {row.changed_by}" if row.changed_by else ""
    return Rule(row.type_pattern, row.name_pattern, ArtifactRole(row.role), f"Rule {number}{by}")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        return None  # A stored pattern that is no regular expression matches nothing; sync goes on.


def _found(pattern: str, text: str) -> str:
    compiled = _compiled(pattern)
    match = compiled.search(text) if compiled else None
    return match[0] if match else ""


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(text) is not None
