"""Which programs one machine runs, as command lines. Called by `manage.py up`; nothing here starts anything."""

import sys
from pathlib import Path
from socket import socket

from releases.management.supervisor.programs import Program

WEB_THREADS = 8
WORKER_THREADS = 6
"""Sync holds at most two of them and commands two, so that short work always finds a free one."""

QUIET_WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def web(server: socket, logs: Path) -> Program:
    """gunicorn on the socket that is already open. One process: the cache and its rate limits live in it."""
    fd = server.fileno()
    command = [
        *[sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--bind", f"fd://{fd}", "--no-control-socket"],
        *["--worker-class", "gthread", "--workers", "1", "--threads", str(WEB_THREADS)],
        *["--graceful-timeout", "4", "--log-level", "warning"],
    ]
    return Program("web server", command, logs / "web.log", fds=(fd,))


def worker(logs: Path) -> Program:
    """One Celery worker with threads: prefork hangs on the filesystem broker."""
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-P", "threads", "-c", str(WORKER_THREADS)]
    return Program("worker", [*command, *QUIET_WORKER], logs / "worker.log")


def sign(logs: Path) -> Program:
    """The signer of the trail: a process of its own, so that no page and no task ever holds the key."""
    return Program("signer", [sys.executable, "manage.py", "sign", "--first-key"], logs / "sign.log")


def beat(logs: Path) -> Program:
    """Celery's clock, a process of its own: `-B` forks one that outlives a killed worker."""
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "beat", "--pidfile="]
    return Program("beat", command, logs / "beat.log")
