"""`make test` without root: what is missing is named in one sentence, and nothing is installed."""

import subprocess
from pathlib import Path
from shutil import which

ROOT = Path(__file__).resolve().parents[2]


def test_who_is_not_root_is_told_what_is_missing(tmp_path):
    for name in ("sh", "dirname", "ls"):
        (tmp_path / name).symlink_to(str(which(name)))
    for name, does in {"id": "echo 1000", "apt-get": f"touch {tmp_path}/called"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    script = str(ROOT / "scripts" / "system_packages.sh")
    asked = subprocess.run([script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert asked.stderr.startswith(
        "The tests need these programs, which are not installed: chromium-headless-shell redis-server"
    )
    assert asked.stderr.endswith("Install them, or run make test-fast.\n")
    assert not (tmp_path / "called").exists()
