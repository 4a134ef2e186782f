"""Learns once a day which identity our credential is, for read-backs (decision 5)."""

from datetime import timedelta

from django.utils import timezone

from releases.models import Organization
from releases.sync.passes.work import Work

EVERY = timedelta(hours=24)


def own_identity(work: Work) -> None:
    """Ask and store, unless it was read within the last day."""
    organization = work.project.organization
    read_at = organization.own_identity_read_at
    if read_at is not None and read_at > timezone.now() - EVERY:
        return
    work.calls.asked_at()
    user = work.calls.here().connection_data().authenticated_user
    organization.own_identity_key = user.id if user else ""
    organization.own_identity_name = user.name if user else ""
    organization.own_identity_read_at = timezone.now()
    fields = ["own_identity_key", "own_identity_name", "own_identity_read_at"]
    Organization.objects.filter(pk=organization.pk).update(**{field: getattr(organization, field) for field in fields})
