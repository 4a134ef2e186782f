"""Rolling a stage back: the release it is proposed to go back to, why that one, and the others that could be."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from dashboard.dialogs import Dialog
from dashboard.forms_acts import RollBackForm
from dashboard.offers import Offer
from dashboard.offers_acts import acts_of_stage, may_act
from dashboard.reader import reader
from dashboard.views.acts import either
from releases.actions.roll_back import roll_back
from releases.errors import Invalid
from releases.models import ReleaseStage, Stage
from releases.policies.commands import check_can_operate
from releases.queries.access import visible_to
from releases.queries.deploying import deploying, release_stage_seen
from releases.queries.last_good import Candidate, LastGood, last_good


@either
def show(request: HttpRequest, project: str, azure_id: int, stage: int) -> HttpResponse:
    """The dialog for the stage with this number in the pipeline's definition, and the act."""
    user, place = reader(request), _stage(request, project, azure_id, stage)
    good = last_good(place, now=timezone.now())
    chosen = _sent(good, request) if request.method == "POST" else _asked(good, request)
    row = _row(request, chosen) if chosen else None
    dialog = _dialog(request, place, good, chosen, row)
    if request.method != "POST":
        return dialog.show()
    check_can_operate(user, place.pipeline.project)
    if row is None:
        raise Invalid(f"The release you chose did not run in {place}.", code="not_good")
    return dialog.act(
        lambda given, asked, seen: roll_back(row, by=user, asked=asked, seen=seen, reason=given["reason"])
    )


def _dialog(
    request: HttpRequest, place: Stage, good: LastGood, chosen: Candidate | None, row: ReleaseStage | None
) -> Dialog:
    why = may_act(reader(request), place.pipeline.project)
    offer = Offer("Roll back", why or "No release that ran here can be gone back to.")
    told, back = None, _pipeline(place)
    if row is not None:
        told, back = deploying(row), reverse("release", args=[row.release.project.slug, row.release.azure_id])
        offer = Offer("Roll back", acts_of_stage(row, why=why, flag=told.flag, is_first=False).deploy.refusal)
    context = {"place": place, "good": good, "chosen": chosen, "told": told, "row": row, "may_act": not why}
    context["where"] = row.release if row else place.pipeline
    fixed = {"to": row.release.azure_id} if row else {}
    title = f"Roll back {place} to {row.release}" if row else f"Roll back {place}"
    seen, organization = told.seen if told else {}, place.pipeline.project.organization
    return Dialog(request, "_roll_back", title, offer, RollBackForm, seen, back, context, fixed, organization)


def _row(request: HttpRequest, chosen: Candidate) -> ReleaseStage | None:
    release = chosen.row.release
    return release_stage_seen(
        reader(request), project=release.project.slug, azure_id=release.azure_id, stage=chosen.row.azure_id
    )


def _stage(request: HttpRequest, project: str, azure_id: int, stage: int) -> Stage:
    rows = visible_to(reader(request), Stage).filter(
        pipeline__project__slug=project, pipeline__azure_id=azure_id, definition_environment_id=stage
    )
    found = rows.select_related("pipeline__project__organization").first()
    if found is None:
        raise Http404(f"There is no such stage of pipeline {azure_id} here")
    return found


def _asked(good: LastGood, request: HttpRequest) -> Candidate | None:
    """The one the address asks for where it can be gone back to; else the proposed one."""
    to = request.GET.get("to")
    return next((one for one in good.good if str(one.row.release.azure_id) == to), good.proposed)


def _sent(good: LastGood, request: HttpRequest) -> Candidate | None:
    """The one that was sent, whatever speaks against it by now: the action says so."""
    to = request.POST.get("to")
    return next((one for one in good.candidates if str(one.row.release.azure_id) == to), None)


def _pipeline(place: Stage) -> str:
    return reverse("pipeline", args=[place.pipeline.project.slug, place.pipeline.azure_id])
