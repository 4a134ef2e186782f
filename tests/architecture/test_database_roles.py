"""The two roles of deploy/team/postgresql.sql: the application works with its own and cannot touch the trail."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.postgres import programs, running_postgres

pytestmark = pytest.mark.postgresql
ROOT = Path(__file__).resolve().parents[2]
TRICKS = [
    "UPDATE releases_auditevent SET type = 'x'",
    "DELETE FROM releases_auditevent",
    "DELETE FROM releases_auditcheckpoint",
    "TRUNCATE releases_auditevent",
    "DROP TRIGGER releases_auditevent_no_change ON releases_auditevent",
    "ALTER TABLE releases_auditevent DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DROP TABLE releases_auditevent",
    "CREATE OR REPLACE FUNCTION releases_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET ROLE slipway_owner",
]


REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.IntegrityConstraintViolation)


@pytest.fixture
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database made as docs/running.md says, migrated by its owner; the address for the application.

    On a cluster of its own: roles belong to a whole cluster, and the tests run in several processes.
    """
    with running_postgres() as server:
        _make_roles_and_database(server)
        where = urlsplit(server).netloc.rpartition("@")[2]
        app, owner = f"postgresql://slipway_app:a@{where}/slipway", f"postgresql://slipway_owner:o@{where}/slipway"
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dashboard.settings",
            "DATABASE_URL": app,
            "DATABASE_OWNER_URL": owner,
            "SLIPWAY_VAR_DIR": str(tmp_path_factory.mktemp("var")),
        }
        subprocess.run([sys.executable, "manage.py", "migrate"], cwd=ROOT, env=env, check=True, capture_output=True)
        yield app


def _make_roles_and_database(server: str) -> None:
    folder = programs()
    assert folder is not None
    script = ["-v", "owner_password='o'", "-v", "app_password='a'", "-f", "deploy/team/postgresql.sql"]
    psql = [str(folder / "psql"), "-q", "-v", "ON_ERROR_STOP=1", server, *script]
    subprocess.run(psql, cwd=ROOT, check=True, capture_output=True)


def test_the_application_works_with_its_role_and_cannot_touch_the_trail(app_url):
    _works_with_its_role(app_url)
    _cannot_touch_the_trail(app_url)


def _works_with_its_role(app_url: str) -> None:
    with psycopg.connect(app_url) as connection:
        insert = "INSERT INTO releases_organization (url, name, credential_kind, credential_variable, ca_file, state, "
        insert += "state_sentence, own_identity_key, own_identity_name, sending_stopped_reason, created_at) VALUES "
        connection.execute(insert + "('https://x.example', 'x', 'pat', '', '', 'connected', '', '', '', '', now())")
        assert connection.execute("SELECT count(*) FROM releases_auditevent").fetchone() == (0,)


def _cannot_touch_the_trail(app_url: str) -> None:
    for trick in TRICKS:
        with psycopg.connect(app_url) as connection, pytest.raises(REFUSED):
            connection.execute(trick)
