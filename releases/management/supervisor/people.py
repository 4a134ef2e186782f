"""Who can sign in after a start: one demo user of each role, or the first administrator by a one-time link."""

import secrets
from pathlib import Path

from releases.actions.invitations import invite
from releases.actions.users import create_user, grant_role
from releases.audit import System, Via
from releases.management.supervisor.ground import GroundMissing
from releases.models import Membership, User
from releases.states import Role

SHELL = System("shell")
DEMO_FILE = "demo-password"
DEMO_PEOPLE = {
    Role.QA: ("qa@harbour.example", "Quinn Aalto", "QA specialist"),
    Role.OPERATOR: ("operator@harbour.example", "Otto Berg", "operator"),
    Role.MANAGER: ("manager@harbour.example", "Maija Laine", "manager"),
    Role.AUDITOR: ("auditor@harbour.example", "Aino Salmi", "auditor"),
    Role.ADMINISTRATOR: ("admin@harbour.example", "Ada Nyman", "administrator"),
}


def check_purpose(demo_file: Path, *, is_demo: bool) -> None:
    """A folder is the demo's or a team's, never both: demo people share a password that each start prints.

    Raises GroundMissing.
    """
    if demo_file.exists() and not is_demo:
        raise GroundMissing(f"{demo_file.parent} holds the demo. Name another folder in SLIPWAY_VAR_DIR.")
    if is_demo and not demo_file.exists() and User.objects.exists():
        raise GroundMissing(
            f"{demo_file.parent} holds accounts that are not the demo's. Name another folder in SLIPWAY_VAR_DIR."
        )


def demo_password(file: Path) -> str:
    """The password all demo users share: made at the first start, printed at each."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"harbour-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}")
    return file.read_text()


def make_demo_people(password: str) -> None:
    """One person of each role, where they are not there yet."""
    for role, (email, name, _) in DEMO_PEOPLE.items():
        if not User.objects.filter(email=email).exists():
            user = create_user(email, name=name, password=password, by=SHELL, via=Via.SHELL)
            grant_role(user, role=role, by=SHELL, via=Via.SHELL)


def first_administrator_link(public_url: str) -> str | None:
    """A one-time link that makes the first administrator; None once there is one."""
    administrators = Membership.objects.filter(role=Role.ADMINISTRATOR, project=None, user__is_active=True)
    if administrators.exists():
        return None
    return f"{public_url}/accounts/first/{invite(Role.ADMINISTRATOR, by=SHELL, is_only=True).secret}/"
