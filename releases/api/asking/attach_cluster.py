"""Attaching a cluster to a workspace through the API."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from releases.actions.attach_cluster import LONGEST_ID, attach_cluster
from releases.actions.commands.asked import Asked
from releases.api.asking.base import Ask, reason_field
from releases.api.filters.base import LARGEST_ID, LONGEST
from releases.models import Command, User
from releases.queries.attaching import places
from releases.queries.wanted_cluster import Wanted


class AskToAttachCluster(Ask):
    """A Kubernetes cluster becomes a compute of a workspace, unless it is one already."""

    workspace = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the workspace.")
    name = serializers.CharField(max_length=LONGEST, help_text="Of the compute in Azure ML.")
    resource_id = serializers.CharField(max_length=2 * LONGEST_ID, help_text="Of the AKS or Arc cluster in Azure.")
    namespace = serializers.CharField(
        max_length=LONGEST, required=False, allow_blank=True, default="", help_text="Without one: `default`."
    )
    reason = reason_field()

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Ask for it, in the name of the first project that uses the workspace and in which `by` may."""
        given: dict[str, Any] = self.validated_data
        place = next((one for one in places(by) if one.workspace.pk == given["workspace"]), None)
        if place is None:
            raise Http404
        wanted = Wanted(given["name"], given["resource_id"], given["namespace"])
        return attach_cluster(
            place.workspace, by=by, asked=asked, project=place.project, wanted=wanted, reason=given["reason"]
        )
