"""`manage.py connect`: one line per need, or one sentence."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from releases.models import AuditEvent, Organization
from tests.company import VARIABLE, Company
from tests.sync.connecting.asking import NEEDS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning"),
    pytest.mark.on_sqlite,
]


def arguments(company: Company, *more: str) -> list[str]:
    there = company.addresses
    return [
        *["connect", "--organization-url", there["organization_url"], "--project", there["project"]],
        *["--credential", f"pat:{VARIABLE}", "--ca-file", there["ca_file"], "--workspace", there["workspace"]],
        *["--subscription", there["subscription"], "--resource-group", there["resource_group"]],
        *["--resource-manager-url", there["ml_url"], *more],
    ]


def test_the_command_shows_one_line_per_need_and_saves(company: Company) -> None:
    out = StringIO()
    call_command(*arguments(company), stdout=out)
    lines = out.getvalue().splitlines()
    assert [line.split("  ")[1] for line in lines[1:5]] == NEEDS
    assert all(" yes  " in line for line in lines[1:5])
    assert lines[-1] == "Connected harbour/MLOps. It is followed as 'mlops'."
    assert AuditEvent.objects.filter(type="connection.saved").count() == 1


def test_the_command_fails_with_a_sentence_and_saves_nothing(company: Company) -> None:
    company.fault("releases.list", "forbidden")
    out = StringIO()
    with pytest.raises(CommandError, match="cannot read releases"):
        call_command(*arguments(company), stdout=out)
    assert "vso.release" in out.getvalue()
    assert Organization.objects.count() == 0


def test_the_command_names_what_is_wrong_with_its_arguments() -> None:
    with pytest.raises(CommandError, match="never calls it"):
        call_command("connect", "--organization-url", "https://169.254.169.254/", "--project", "x")


def test_the_page_side_of_connecting_does_not_load_the_azure_packages() -> None:
    program = (
        "import django; django.setup(); import releases.actions.connect, releases.sync.inquiries, sys;"
        "print([m for m in ('azure.devops', 'azure.ai.ml', 'azure.identity', 'msrest') if m in sys.modules])"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "", "HOME": "/nonexistent", "USER": "x"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
