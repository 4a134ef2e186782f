"""How we stand with an organization: connected, refused, unreachable; one sentence and since when."""

from django.utils import timezone

from releases.models import Organization


def note_standing(organization: Organization, state: Organization.State, sentence: str) -> None:
    """Store the state; `state_since` moves only when the state itself changes."""
    rows = Organization.objects.filter(pk=organization.pk)
    if not rows.exclude(state=state).update(state=state, state_sentence=sentence, state_since=timezone.now()):
        rows.exclude(state_sentence=sentence).update(state_sentence=sentence)
