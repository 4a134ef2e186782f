"""Who may take the trail along: auditors and administrators, each of what they hold. Asked by pages and actions."""

from releases.audit.actors import Actor
from releases.models import Project
from releases.policies.roles import require
from releases.states import Role

MAY_EXPORT = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


def check_can_export_audit(by: Actor, project: Project | None) -> None:
    """The entries of one project or, without one, the whole trail. What was exported cannot be erased any more."""
    require(by, MAY_EXPORT, project, to="export the audit log of this project" if project else "export the whole trail")
