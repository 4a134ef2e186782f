"""Files to take along: the releases list and the audit log as CSV, the trail as evidence. Each leaves an event."""

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.views.decorators.http import require_GET

from dashboard.addressed import filters_of
from dashboard.files import file_answer
from dashboard.log_facets import asked_of
from dashboard.reader import reader
from releases.actions import evidence as evidences
from releases.actions.exports import note_export, written
from releases.policies.exports import check_can_export_audit
from releases.queries.audit_log import last_number, listing_of, scope_of
from releases.queries.audit_log.export import csv_lines
from releases.queries.releases_export import lines
from releases.queries.saved_views import usual


@require_GET
def releases(request: HttpRequest) -> FileResponse:
    """The releases that match, those of all pages."""
    user, name = reader(request), f"slipway-releases-{timezone.now():%Y-%m-%d}.csv"
    filters = filters_of(user, request.GET)
    project = filters.pipeline.project if filters.pipeline else None
    made = written(lines(user, filters=filters))
    asked = usual(request.GET.urlencode())
    private = {"filters": asked} if asked else None
    note_export("releases.exported", made, name=name, by=user, project=project, private=private)
    return file_answer(made.file, name=name, kind="text/csv; charset=utf-8")


@require_GET
def evidence(request: HttpRequest) -> FileResponse:
    """The trail with all that verifies it; bodies of the entries that match."""
    user = reader(request)
    scope = scope_of(user)
    filters = asked_of(request.GET, scope=scope).filters
    check_can_export_audit(user, filters.project)
    made, to = evidences.evidence(scope, filters)
    name = f"slipway-evidence-to-{to}-{timezone.now():%Y-%m-%d}.zip"
    asked, check = filters.in_words(), check_can_export_audit
    note_export("audit.exported", made, name=name, by=user, project=filters.project, check=check, asked=asked)
    return file_answer(made.file, name=name, kind="application/zip")


@require_GET
def log(request: HttpRequest) -> FileResponse:
    """The entries that match, as the log shows them, up to the newest there is now."""
    user, to = reader(request), last_number()
    scope = scope_of(user)
    filters = asked_of(request.GET, scope=scope).filters
    check_can_export_audit(user, filters.project)
    name = f"slipway-audit-to-{to}-{timezone.now():%Y-%m-%d}.csv"
    made = written(csv_lines(listing_of(scope, filters), to=to))
    asked, check = filters.in_words(), check_can_export_audit
    note_export("audit.exported", made, name=name, by=user, project=filters.project, check=check, asked=asked)
    return file_answer(made.file, name=name, kind="text/csv; charset=utf-8")
