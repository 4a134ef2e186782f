"""What every kind of command has in common when it is asked for through the API: its form, and the verb it calls."""

from typing import Any

from django.http import Http404
from rest_framework import serializers

from releases.actions.commands.asked import Asked
from releases.actions.commands.recording import LONGEST_REASON
from releases.api.filters.base import LARGEST_ID
from releases.models import Command, Release, ReleaseStage, User
from releases.queries import snapshot
from releases.queries.access import visible_to

LONGEST_TOKEN = 200_000


class Ask(serializers.Serializer[Any]):
    """The body of a request for one kind of command. A subclass adds its fields and `ask`."""

    kind = serializers.CharField(max_length=30, help_text="What is asked for; it chooses the form.")

    def ask(self, *, by: User, asked: Asked) -> Command:
        """Call the verb with the validated fields. Raises what the verb raises; Http404 for what `by` does not see."""
        raise NotImplementedError

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Refuse what the kind does not know, so that a slip of the pen never asks for something else."""
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError({unknown[0]: [f"There is no such part. Use {known}."]})
        return given


def release_id() -> serializers.IntegerField:
    """Our id of the release."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="Our id of the release.")


def release_stage_id() -> serializers.IntegerField:
    """Our id of the release's stage."""
    told = "Our id of the release's stage: `stages[].id` of `releases/ID/`."
    return serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text=told)


def seen_token(where: str) -> serializers.CharField:
    """What was looked at."""
    told = f"What you looked at: `{where}` of `releases/ID/`. What changed since is refused with 409 and what changed."
    return serializers.CharField(max_length=LONGEST_TOKEN, help_text=told)


def reason_field(**more: Any) -> serializers.CharField:
    """Why; its length is for the verb to judge."""
    return serializers.CharField(max_length=2 * LONGEST_REASON, trim_whitespace=False, help_text="Why.", **more)


def release_of(given: dict[str, Any], by: User) -> Release:
    """The release that the body names. Raises Http404."""
    row: Release = _visible(visible_to(by, Release).select_related("project"), given["release"])
    return row


def release_stage_of(given: dict[str, Any], by: User) -> ReleaseStage:
    """The stage of a release that the body names. Raises Http404."""
    rows = visible_to(by, ReleaseStage).select_related("release__project", "stage")
    row: ReleaseStage = _visible(rows, given["release_stage"])
    return row


def seen_of(given: dict[str, Any]) -> snapshot.Seen:
    """What was looked at. Raises Invalid for a token that is none of ours."""
    return snapshot.read(given["seen"])


def _visible(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
