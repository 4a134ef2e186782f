"""An export of 2026 that must verify for ever, as auditors keep it: with a rotated key, a restore and an erased person.

Never make it anew. Where the formats change, add another folder beside it.
"""

import ast
import json
import shutil
from pathlib import Path

import pytest

from releases.audit.export import EVENTS
from releases.audit.verifier import program
from tests.audit.trail import offline

GOLDEN = Path(__file__).with_name("golden")
KEY = (GOLDEN / "public-key.txt").read_text("utf-8").strip()
KNOWN = (GOLDEN / "known.txt").read_text("utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOLDEN, tmp_path / "export"))


def test_the_old_export_still_verifies_with_its_first_key(folder: Path) -> None:
    code, said = offline(folder, pinned=KEY, known=KNOWN)
    assert code == 0, said
    assert "Declared at event 13: events 12 to 13 were lost in a restore." in said
    assert "15 events, the last link " in said
    assert "1 events after the last signed checkpoint" in said


def test_a_letter_changed_anywhere_in_it_is_found(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / EVENTS).read_text("utf-8").splitlines()]
    changed = [{**row, "body": row["body"].replace('"ts":"2026', '"ts":"2027')} for row in lines]
    (folder / EVENTS).write_text("".join(json.dumps(row) + "\n" for row in changed), "utf-8")
    code, said = offline(folder, pinned=KEY)
    assert code == 1
    for row in lines:
        assert f"Event {row['seq']}, body: The body is not the one that was hashed." in said, said


def test_the_program_is_one_file_for_python_3_9_and_the_standard_library() -> None:
    tree = ast.parse(program(), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = {"argparse", "base64", "collections", "hashlib", "json", "pathlib", "re", "sys", "typing", "__future__"}
    assert names == allowed
    assert "releases" not in program().replace("Slipway", "")
