"""Starting a draft: a dialog that says which stages start by themselves then, and the asking for it."""

from django.http import HttpRequest, HttpResponse

from dashboard import offers
from dashboard.dialogs import Dialog
from dashboard.forms_acts import ActForm
from dashboard.reader import reader
from dashboard.views.acts import back_to, either, release_of
from releases.actions.start import start as start_draft
from releases.policies.commands import check_can_start
from releases.queries.conditions import starts_with_release
from releases.queries.snapshot import seen_of_release


@either
def start(request: HttpRequest, project: str, azure_id: int) -> HttpResponse:
    """What would start; posted, it is asked for."""
    user, release = reader(request), release_of(request, project, azure_id)
    stages = [stage for stage in release.stages.order_by("rank", "pk") if starts_with_release(stage.conditions)]
    context = {"release": release, "stages": stages, "where": release}
    dialog = Dialog(
        request,
        "_start",
        f"Start {release}",
        offers.start_draft(user, release),
        ActForm,
        seen_of_release(release),
        back_to(release),
        context,
        organization=release.project.organization,
    )
    if request.method != "POST":
        return dialog.show()
    check_can_start(user, release)
    return dialog.act(lambda _, asked, seen: start_draft(release, by=user, asked=asked, seen=seen))
