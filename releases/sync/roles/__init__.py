"""What artifacts are to the team: `deciding` by rules, `trying` a rule on the past, `applying` rules to what is stored.

Called by `sync` while storing, by tasks, and by doors that say why a role is what it is.
"""

from releases.sync.roles.deciding import DEFAULTS, Decided, RoleOf, Rule, decisions_for, role_of, roles_for

__all__ = ["DEFAULTS", "Decided", "RoleOf", "Rule", "decisions_for", "role_of", "roles_for"]
