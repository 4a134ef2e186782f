"""One side of one measurement, in a process of its own: `python -m tests.benchmarks.side NAME JSON` prints JSON.

A side times only its own work: start-up, imports and what a goal leaves out (decision 2: the newest deployments that
are read first) happen before the clock starts. Called by `tests.benchmarks.measuring`.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from time import perf_counter, process_time, sleep
from typing import Any

Options = dict[str, Any]
Figures = dict[str, Any]
SECONDS_ON_A_PAGE = 0.2


def crawl(options: Options) -> Figures:
    """The pages of the list, bytes only."""
    from tests.benchmarks import crawl as bare

    source, width = bare.Source(options["release_url"], options["project"]), options["connections"]
    began = perf_counter()
    if width == 1:
        done = bare.pages(source)
    else:
        first, last = (datetime.fromisoformat(options[key]) for key in ("first", "last"))
        done = bare.pages_side_by_side(source, first=first, last=last, connections=width)
    return {"seconds": perf_counter() - began, "pages": done.pages, "bytes": done.size_bytes}


def crawl_details(options: Options) -> Figures:
    """The same releases in full, bytes only."""
    from tests.benchmarks import crawl as bare

    source = bare.Source(options["release_url"], options["project"])
    began = perf_counter()
    done = bare.details(source, options["ids"], connections=options["connections"])
    return {"seconds": perf_counter() - began, "pages": done.pages, "bytes": done.size_bytes}


def plain(options: Options) -> Figures:
    """The loop that teams write with the client's own models."""
    from tests.benchmarks.plain import releases

    began = perf_counter()
    read = releases(options["organization_url"], options["project"])
    return {"seconds": perf_counter() - began, "read": read}


def sync_pages(options: Options) -> Figures:
    """The backfill: every page of the list read and stored. With `again`: of releases that are stored already."""
    project = _project(options)

    from django.conf import settings

    from releases.sync import watermarks
    from releases.sync.connections import Calls
    from releases.sync.passes import backfill, history
    from releases.sync.passes.definitions import definitions
    from releases.sync.passes.recent import recent
    from releases.sync.passes.work import Budget, Work

    lease = watermarks.claim(project, feed=history.FEED)
    assert lease is not None, "somebody else reads the benchmark's project"
    settings.SLIPWAY_SYNC_CONNECTIONS = options["connections"]
    with Calls(project.organization, options["connections"]) as calls:
        work = Work(project, calls, lease, Budget())
        work.begin("incremental")
        definitions(work)
        recent(work, lease.mark)
        if options.get("again"):
            history.read_again(work)
        idle = _peak_megabytes()
        began, busy = perf_counter(), process_time()
        run = work.begin("backfill")
        backfill.backfill(work, lease.mark)
        run.asked(calls.taken())
        run.succeed()
        seconds, busy = perf_counter() - began, process_time() - busy
    lease.release()
    row = run.row
    figures = {"read": row.read, "rows_written": row.rows_written, "requests": row.requests}
    return {"seconds": seconds, "busy_seconds": busy, "idle_mb": idle, "peak_mb": _peak_megabytes(), **figures}


def sync_whole(options: Options) -> Figures:
    """The history line until nothing is left to do: how a database gets ready for the other sides."""
    project = _project(options)

    from releases.sync.passes import lines
    from releases.sync.passes.work import Budget

    began = perf_counter()
    outcome = lines.advance(lines.HISTORY, project, budget=Budget(), insist=True, connections=options["connections"])
    return {"seconds": perf_counter() - began, "ended": outcome.ended.value}


def sync_nothing_new(options: Options) -> Figures:
    """One incremental run that finds nothing new, after one that settled what the backfill left."""
    project = _project(options)

    from releases.models import SyncRun
    from releases.sync.passes import lines
    from releases.sync.passes.work import Budget

    for _ in range(2):
        lines.advance(lines.HISTORY, project, budget=Budget(), insist=True)
    began = perf_counter()
    lines.advance(lines.HISTORY, project, budget=Budget(), insist=True)
    seconds = perf_counter() - began
    row = SyncRun.objects.filter(project=project, kind="incremental").latest("started_at", "id")
    return {"seconds": seconds, "requests": row.requests, "read": row.read, "rows_written": row.rows_written}


def sync_details(options: Options) -> Figures:
    """The detail pass over the releases that are stored."""
    project = _project(options)

    from releases.sync import watermarks
    from releases.sync.connections import Calls
    from releases.sync.passes import background, details
    from releases.sync.passes.work import Budget, Work

    lease = watermarks.claim(project, feed=background.FEED)
    assert lease is not None, "somebody else reads the benchmark's project"
    with Calls(project.organization, options["connections"]) as calls:
        work = Work(project, calls, lease, Budget())
        began = perf_counter()
        details.details(work, running=False)
        seconds = perf_counter() - began
    lease.release()
    run = work.run
    return {"seconds": seconds, "read": run.row.read if run else 0}


def turn_pages(options: Options) -> Figures:
    """A reader who opens one page after the other for so many seconds; the server's time for each, 90th percentile."""
    project = _project(options)

    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    import dashboard.wsgi  # noqa: F401  # the process is one that serves
    from releases.models import Release
    from releases.states import Role
    from tests import factories

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    reader = Client()
    reader.force_login(factories.user(role=Role.MANAGER))
    newest = Release.objects.filter(project=project).latest("created_on", "id")
    addresses = ["/", "/releases/", "/releases/?trigger=model", f"/p/{project.slug}/releases/{newest.azure_id}/"]
    for address in addresses:  # templates are compiled once per process
        reader.get(address)
    times: list[float] = []
    ends = perf_counter() + options["seconds"]
    while perf_counter() < ends:
        address = addresses[len(times) % len(addresses)]
        began = perf_counter()
        answer = reader.get(address)
        times.append(perf_counter() - began)
        assert answer.status_code == HTTPStatus.OK, f"{address} answered {answer.status_code}"
        sleep(SECONDS_ON_A_PAGE)
    return {"pages": len(times), "p90_seconds": sorted(times)[len(times) * 9 // 10]}


def _of_the_trail(name: str) -> Callable[[Options], Figures]:
    """A side of `chain`."""

    def side(options: Options) -> Figures:
        import django

        django.setup()

        from tests.benchmarks import chain

        figures: Figures = getattr(chain, name)(options)
        return figures

    return side


def _visiting(name: str) -> Callable[[Options], Figures]:
    """A side of `visits`, whose database is filled already."""

    def side(options: Options) -> Figures:
        import django

        django.setup()

        from tests.benchmarks import visits

        figures: Figures = getattr(visits, name)(options)
        return figures

    return side


def long_log(options: Options) -> Figures:
    """A log of 15 MB; see `tests.benchmarks.long_log`."""
    import django

    django.setup()

    from tests.benchmarks import long_log

    return long_log.long_log(options)


def confirm(options: Options) -> Figures:
    """Dialogs confirmed, until their requests leave for Azure."""
    project = _project(options)

    from tests.benchmarks import confirming

    return confirming.confirm(options, project)


def _project(options: Options) -> Any:
    """Our rows for the sandbox's project, in the database that DATABASE_URL names."""
    import django

    django.setup()

    from releases.models import Organization, Project

    organization, _ = Organization.objects.get_or_create(
        url=options["organization_url"],
        defaults={"name": "bench", "credential_variable": options["variable"]},
    )
    project, _ = Project.objects.get_or_create(
        slug="bench",
        defaults={"organization": organization, "azure_id": options["project_id"], "name": options["project"]},
    )
    return project


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


SIDES: dict[str, Callable[[Options], Figures]] = {
    side.__name__: side
    for side in (
        crawl,
        crawl_details,
        plain,
        sync_pages,
        sync_whole,
        sync_nothing_new,
        sync_details,
        turn_pages,
        confirm,
    )
}
SIDES |= {name: _visiting(name) for name in ("lists", "floors", "weights")}
SIDES["long_log"] = long_log
SIDES |= {name: _of_the_trail(name) for name in ("append", "fill", "verified", "verified_outside")}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
    print(json.dumps(SIDES[sys.argv[1]](json.loads(sys.argv[2]))))
