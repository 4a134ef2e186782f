"""What endpoints were seen to serve at a moment, beside what was deployed then. Asked for what was live at T.

Two queries for any number of stages. Where each stage is served is known only as it is today.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from releases.models import Artifact, EndpointCheck, StageBinding
from releases.queries.served import Fit, deployed_of, fit_of, served_of, served_words
from releases.states import ServingState


@dataclass(frozen=True)
class Seen:
    """What the endpoint of a stage was seen to serve; `fit` holds it against what the release deployed."""

    check: EndpointCheck
    fit: Fit
    words: str

    @property
    def is_other(self) -> bool:
        """Whether it served something else: drift."""
        return self.fit is Fit.OTHER


def seen_at(
    moment: datetime, *, deployed: Mapping[int, Sequence[Artifact]], stages: Collection[int]
) -> dict[int, Seen]:
    """By stage id; a stage without an endpoint, or whose endpoint nobody looked at then, is left out.

    `deployed` holds the artifacts of the release that each stage ran.
    """
    bound = dict(
        StageBinding.objects.filter(stage_id__in=stages, endpoint__isnull=False).values_list("stage", "endpoint")
    )
    then = Q(seen_from__lte=moment) & (Q(seen_until__isnull=True) | Q(seen_until__gt=moment))
    checks = EndpointCheck.objects.filter(then, endpoint_id__in=set(bound.values()), state=ServingState.SERVING)
    by_endpoint = {check.endpoint_id: check for check in checks.select_related("endpoint")}
    return {
        stage: _seen(by_endpoint[endpoint], deployed[stage])
        for stage, endpoint in bound.items()
        if endpoint in by_endpoint and stage in deployed
    }


def _seen(check: EndpointCheck, artifacts: Sequence[Artifact]) -> Seen:
    served, wanted = served_of(check.served), deployed_of(artifacts)
    return Seen(check, fit_of(served, wanted), served_words(served, wanted))
