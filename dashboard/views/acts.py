"""The dialogs that act on a release: deploy a stage, cancel one, abandon the release, flag it. Each has its address.

What Azure did is never said here: the release page shows the command, which says Confirmed after Azure was read back.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.dialogs import Dialog
from dashboard.forms_acts import AbandonForm, CancelForm, ReasonForm
from dashboard.offers import Offer
from dashboard.offers_acts import acts_of_release, acts_of_stage, may_act
from dashboard.reader import reader
from releases.actions.abandon import abandon as abandon_release
from releases.actions.abandon import to_cancel
from releases.actions.cancel import cancel as cancel_stage
from releases.actions.deploy import deploy
from releases.actions.flag import flag as flag_release
from releases.actions.flag import lift as lift_flag
from releases.models import Approval, Release, ReleaseStage
from releases.policies.commands import check_can_flag, check_can_operate, flag_of
from releases.queries.access import visible_to
from releases.queries.deploying import deploying, release_stage_seen
from releases.queries.snapshot import seen_of, seen_of_release
from releases.states import ApprovalStatus

either = require_http_methods(["GET", "HEAD", "POST"])


@either
def redeploy(request: HttpRequest, project: str, azure_id: int, stage: int) -> HttpResponse:
    """Deploy a release to one of its stages, again or for the first time."""
    user, row = reader(request), _stage(request, project, azure_id, stage)
    told, why = deploying(row), may_act(user, row.release.project)
    acts = acts_of_stage(row, why=why, flag=told.flag, is_first=told.attempt == 1)
    title = f"{told.verb} {row.name} of {row.release}"
    back, context = back_to(row.release), {"told": told, "row": row, "may_act": not why, "where": row.release}
    dialog = Dialog(
        request,
        "_redeploy",
        title,
        acts.deploy,
        ReasonForm,
        told.seen,
        back,
        context,
        organization=row.release.project.organization,
    )
    if request.method != "POST":
        return dialog.show()
    check_can_operate(user, row.release.project)
    return dialog.act(lambda given, asked, seen: deploy(row, by=user, asked=asked, seen=seen, reason=given["reason"]))


@either
def cancel(request: HttpRequest, project: str, azure_id: int, stage: int) -> HttpResponse:
    """Cancel what a stage of a release does or is going to do."""
    user, row = reader(request), _stage(request, project, azure_id, stage)
    newest = row.deployments.order_by("-attempt").first()
    attempt = newest.attempt if newest else 1
    acts = acts_of_stage(row, why=may_act(user, row.release.project), flag=None)
    offer = acts.cancel or Offer("Cancel", f"Nothing runs or waits in {row.name} that could be canceled.")
    title, context = (
        f"Cancel {row.name} of {row.release}",
        {"row": row, "attempt": attempt, "newest": newest, "where": row.release},
    )
    dialog = Dialog(
        request,
        "_cancel",
        title,
        offer,
        CancelForm,
        seen_of(row),
        back_to(row.release),
        context,
        {"attempt": attempt},
        row.release.project.organization,
    )
    if request.method != "POST":
        return dialog.show()
    check_can_operate(user, row.release.project)
    return dialog.act(
        lambda given, asked, _: cancel_stage(
            row, by=user, asked=asked, attempt=given["attempt"], reason=given["reason"]
        )
    )


@either
def abandon(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """Abandon a release for good."""
    user, release = reader(request), release_of(request, project, azure_id)
    waiting = Approval.objects.filter(
        release_stage__release=release, status=ApprovalStatus.PENDING, is_automated=False
    ).select_related("approver", "release_stage")
    context = {"release": release, "canceled": to_cancel(release), "closed": list(waiting), "where": release}
    offer = acts_of_release(user, release, [], flag=None).abandon
    title, seen, back = f"Abandon {release}", seen_of_release(release), back_to(release)
    organization = release.project.organization
    dialog = Dialog(request, "_abandon", title, offer, AbandonForm, seen, back, context, organization=organization)
    if request.method != "POST":
        return dialog.show()
    check_can_operate(user, release.project)
    return dialog.act(
        lambda given, asked, seen: abandon_release(
            release, by=user, asked=asked, seen=seen, reason=given["reason"], typed_name=given["typed_name"]
        )
    )


@either
def flag(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """Say that a release must go nowhere."""
    release = release_of(request, project, azure_id)
    known = flag_of(release)
    closed = f"{known.set_by} flagged {release} already: {known.reason}" if known else ""
    return _flag(request, release, f"Do not promote {release}", flag_release, known=known, closed=closed)


@either
def lift(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """Say that it may go on."""
    release = release_of(request, project, azure_id)
    known = flag_of(release)
    closed = "" if known else f"{release} is not flagged, or somebody lifted the flag meanwhile."
    return _flag(request, release, f"Lift “do not promote” of {release}", lift_flag, known=known, closed=closed)


def _flag(
    request: HttpRequest, release: Release, title: str, verb: Callable[..., object], *, known: object, closed: str
) -> HttpResponse:
    user = reader(request)
    offer = Offer(title, acts_of_release(user, release, [], flag=None).flag.refusal or closed)
    context = {"release": release, "flag": known, "is_lift": verb is lift_flag, "where": release}
    dialog = Dialog(request, "_flag", title, offer, ReasonForm, seen_of_release(release), back_to(release), context)
    if request.method != "POST":
        return dialog.show()
    check_can_flag(user, release.project)
    return dialog.act(lambda given, asked, _: verb(release, by=user, reason=given["reason"], asked=asked))


def _stage(request: HttpRequest, project: str, azure_id: int, stage: int) -> ReleaseStage:
    """The stage of the release; 404 as well when it is of a project the reader does not see."""
    row = release_stage_seen(reader(request), project=project, azure_id=azure_id, stage=stage)
    if row is None:
        raise Http404(f"There is no such stage of release {azure_id} here")
    return row


def release_of(request: HttpRequest, project: str, azure_id: int) -> Release:
    rows = visible_to(reader(request), Release).filter(project__slug=project, azure_id=azure_id)
    release = rows.select_related("project__organization", "pipeline").first()
    if release is None:
        raise Http404(f"There is no release {azure_id} here")
    return release


def back_to(release: Release) -> str:
    return reverse("release", args=[release.project.slug, release.azure_id])
