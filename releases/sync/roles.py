"""What an artifact is to the team: model, scaler, code, build or other.

Called by `sync.mapping` while storing and by doors that try a rule on the past. Reads rules, writes nothing.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import F, Q

from releases.models import ArtifactRule, Project
from releases.states import ArtifactRole

RoleOf = Callable[[str, str, str], ArtifactRole]
"""From an artifact's type, alias and name to its role."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; patterns are regular expressions, matched anywhere, without regard to case. Empty matches all."""

    type_pattern: str
    name_pattern: str
    role: ArtifactRole

    def holds(self, type_: str, alias: str, name: str) -> bool:
        """True when both patterns match; the name pattern may match the alias or the name."""
        if self.type_pattern and not _matches(self.type_pattern, type_):
            return False
        return not self.name_pattern or _matches(self.name_pattern, alias) or _matches(self.name_pattern, name)


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


def roles_for(project: Project) -> RoleOf:
    """A role finder with the project's rules, then those of every project, each by priority. One query."""
    rows = ArtifactRule.objects.filter(Q(project=project) | Q(project=None))
    rows = rows.order_by(F("project_id").asc(nulls_last=True), "priority", "id")
    rules = tuple(Rule(row.type_pattern, row.name_pattern, ArtifactRole(row.role)) for row in rows)

    @lru_cache(maxsize=1024)
    def find(type_: str, alias: str, name: str) -> ArtifactRole:
        return role_of(type_, alias, name, rules=rules)

    return find


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error:
        return None  # A stored pattern that is no regular expression matches nothing; sync goes on.


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is not None and compiled.search(text) is not None
