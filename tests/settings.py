"""The real settings, in a folder of their own, with what makes tests quick. TEST_DATABASE_URL chooses PostgreSQL."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

VAR = Path(tempfile.mkdtemp(prefix="slipway-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
OWN = {name for name in os.environ if name.startswith("SLIPWAY_")} | {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
for name in OWN:
    os.environ.pop(name, None)  # what the developer's shell holds must not decide what is tested
os.environ["SLIPWAY_VAR_DIR"] = str(VAR)
os.environ["AZURE_DEVOPS_CACHE_DIR"] = str(VAR / "azure-devops-cache")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{VAR / 'slipway.sqlite3'}"

from dashboard.settings import *  # noqa: E402, F403
from dashboard.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file: a database in memory is not in WAL mode and no worker process could open it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
