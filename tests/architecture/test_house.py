"""The rules of the house that a program can check: imports, migrations, notes to oneself, what starts with Django."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find, get_finders
from django.core.management import call_command

from scripts.check import WHOLE_PRODUCT

ROOT = Path(__file__).resolve().parents[2]
OURS = ["dashboard", "releases", "sandbox", "scripts", "tests", "templates", "static/css", "static/js", "docs"]
LARGEST_MODULE = 300


def our_files(*suffixes: str, folders: list[str] = OURS) -> list[Path]:
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return sorted(path for path in files if not {"vendor", "migrations", "__pycache__"} & set(path.parts))


def test_the_import_contract_holds():
    program = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_note_to_do_something_names_its_issue():
    note = re.compile(r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))")
    here = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in our_files(".py", ".html", ".css", ".js", ".md")
        if path != here
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if note.search(line)
    ]
    assert not found


def test_no_module_is_everybodys_module():
    folders = ["dashboard", "releases", "sandbox", "scripts"]
    lengths = {path: len(path.read_text().splitlines()) for path in our_files(".py", folders=folders)}
    assert not {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LARGEST_MODULE}


def test_every_module_says_what_it_is_for():
    silent = [path for path in our_files(".py") if not path.read_text().lstrip().startswith(('"""', "#!", "# "))]
    assert not [str(path.relative_to(ROOT)) for path in silent if path.read_text().strip()]


def test_django_starts_without_the_azure_libraries():
    """They take seconds and 100 MB; pages never call Azure."""
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import dashboard.wsgi; "
        "from django.urls import get_resolver; get_resolver().url_patterns; "
        "print(sorted(name for name in sys.modules if name.startswith(('azure.ai', 'azure.devops', 'azure.identity'))))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_nothing_is_marked_safe_by_hand():
    hand = re.compile(r"mark_safe|\|\s*safe\b|autoescape off|innerHTML|csrf_exempt|extra\(|RawSQL")
    here = Path(__file__)
    files = our_files(".py", ".html", ".js", folders=["dashboard", "releases", "templates", "static/js"])
    found = [str(path.relative_to(ROOT)) for path in files if path != here and hand.search(path.read_text())]
    assert not found


def test_tests_of_the_whole_product_lie_where_their_run_looks_for_them():
    marked = re.compile(r"mark\.(browser|up)\b")
    folders = [ROOT / folder for folder in WHOLE_PRODUCT]
    here = Path(__file__)
    files = [path for path in our_files(".py", folders=["tests"]) if path != here]
    found = [path for path in files if marked.search(path.read_text())]
    away = [path for path in found if not any(path.is_relative_to(folder) for folder in folders)]
    assert found
    assert not away


def test_no_rule_of_a_stylesheet_is_left_open():
    """A brace that a merge lost puts all that follows into the rule before it, and no browser says so."""
    for path in our_files(".css", folders=["static/css"]):
        depth = 0
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not (line.startswith(("@layer", "@media")) and depth), f"{path.name}:{number} stands within a rule"
            depth += line.count("{") - line.count("}")
        assert depth == 0, path.name


def test_of_the_libraries_files_only_those_that_pages_ask_for_are_served():
    asked = re.compile(r"""\{% static ['"]([^'"]+)['"]""")
    wanted = {name for path in our_files(".html", folders=["templates"]) for name in asked.findall(path.read_text())}
    served = {name for finder in get_finders() for name, _ in finder.list([])}
    ours = {str(path.relative_to(ROOT / "static")) for path in (ROOT / "static").rglob("*") if path.is_file()}
    assert wanted and wanted <= served
    assert served - ours == wanted - ours
    assert find("django_htmx/htmx-2.min.js") and not find("django_htmx/htmx-2.js")
