"""docs/settings.md names every variable that the code reads, and no other; the settings hold what security asks."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
READS = re.compile(
    r"""(?:env\.(?:text|flag|number|word|words|origin)\(\s*|environ(?:\.get\(|\.setdefault\(|\[))["']([A-Z_]+)["']"""
)
NOT_OURS = {
    "DJANGO_SETTINGS_MODULE": "Django's own, set by manage.py",
    "AZURE_DEVOPS_CACHE_DIR": "set for the Azure DevOps client, not read",
    "CELERY_SKIP_CHECKS": "Celery's own, set for its workers",
    "SLIPWAY_DEMO_PAT": "set by the demo for its own sandbox",
}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process that sees only these variables."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def read_in_code() -> set[str]:
    files = [path for folder in ("dashboard", "releases") for path in (ROOT / folder).rglob("*.py")]
    found = {name for path in files for name in READS.findall(path.read_text())}
    return found | {"SECRET_KEY"} - set(NOT_OURS)


def documented() -> set[str]:
    rows = re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), flags=re.MULTILINE)
    assert len(rows) == len(set(rows)), "a setting has two rows"
    return set(rows)


def test_the_table_of_settings_is_what_the_code_reads():
    assert documented() == read_in_code() - set(NOT_OURS)


def test_with_a_public_address_the_deployment_check_is_clean(tmp_path):
    checked = run(
        *["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        SLIPWAY_VAR_DIR=str(tmp_path),
        SLIPWAY_PUBLIC_URL="https://slipway.example",
    )
    assert checked.returncode == 0, checked.stderr


REFUSED = [
    ({"SLIPWAY_PUBLIC_URL": "http://slipway.example"}, "plain http is only served on this machine"),
    ({"SLIPWAY_PUBLIC_URL": "https://slipway.example/path"}, "without a path"),
    ({"SLIPWAY_PUBLIC_URL": "https://slipway.example", "REDIS_URL": "redis://x"}, "SECRET_KEY is not set"),
    ({"SECRET_KEY": "short"}, "at least 50 random ones"),
    ({"SLIPWAY_SYNC_SECONDS": "soon"}, "use a whole number"),
    ({"SLIPWAY_SYNC_SECONDS": "0"}, "use at least 1"),
    ({"SLIPWAY_LOG_FORMAT": "pretty"}, "use one of json, plain"),
    ({"SLIPWAY_DEBUG": "perhaps"}, "use on or off"),
    ({"SLIPWAY_DEBUG": "on", "SLIPWAY_PUBLIC_URL": "https://slipway.example"}, "Switch one of them off"),
    ({"DATABASE_URL": "mysql://x"}, "use postgresql://"),
    ({"SECRET_KEY_FILE": "/nowhere"}, "cannot be read"),
    ({"SLIPWAY_VAR_DIR": "/proc/slipway"}, "cannot be written"),
]


@pytest.mark.parametrize(("variables", "sentence"), REFUSED, ids=[sentence for _, sentence in REFUSED])
def test_a_setting_that_cannot_be_meant_stops_the_start_with_one_sentence(variables, sentence, tmp_path):
    refused = run("manage.py", "check", **{"SLIPWAY_VAR_DIR": str(tmp_path), **variables})
    assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_the_generated_key_is_kept_and_is_the_owners_alone(tmp_path):
    ask = (
        "-c",
        "import os; os.environ['DJANGO_SETTINGS_MODULE']='dashboard.settings'; "
        "from django.conf import settings; print(settings.SECRET_KEY)",
    )
    keys = {run(*ask, SLIPWAY_VAR_DIR=str(tmp_path)).stdout.strip() for _ in range(2)}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": "x" * 50}], ids=["key made", "key given"])
def test_what_slipway_writes_is_its_own_users_alone(tmp_path, given):
    folder = tmp_path / "new" / "var"
    run("manage.py", "check", SLIPWAY_VAR_DIR=str(folder), **given)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_nothing_shared_is_pickled():
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert "pickle" not in str(settings.CACHES).lower()


def test_the_content_policy_has_no_exception():
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert "unsafe" not in str(policy)
    assert {value for values in policy.values() for value in values} == {"'none'", "'self'", "data:"}


def test_behind_https_every_cookie_is_bound_to_this_host_alone(tmp_path):
    ask = (
        "-c",
        "import os; os.environ['DJANGO_SETTINGS_MODULE']='dashboard.settings'; "
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.THEME_COOKIE_NAME, s.MESSAGE_STORAGE)",
    )
    *cookies, messages = run(
        *ask, SLIPWAY_VAR_DIR=str(tmp_path), SLIPWAY_PUBLIC_URL="https://slipway.example"
    ).stdout.split()
    assert len(cookies) == 3
    assert all(name.startswith("__Host-") for name in cookies)
    assert messages.endswith("SessionStorage"), "the other storages set a cookie of their own"
