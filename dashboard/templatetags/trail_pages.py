"""Tags and filters for the pages of the trail: times to the second, outcomes, words for types and objects."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import times
from dashboard.templatetags.ui import icon
from releases.queries.audit_log import Entry, Noted, words

register = template.Library()

LOOKS = {"ok": ("circle-check", "ok"), "denied": ("ban", "wait"), "error": ("circle-x", "bad")}


@register.simple_tag
def entry_time(moment: datetime) -> SafeString:
    """`19 Nov 2026, 11:04:19` in the reader's zone; the whole of it in the title."""
    shown = timezone.localtime(moment)
    said = f"{shown.day} {shown:%b %Y, %H:%M:%S}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), times.whole(shown), said)


@register.simple_tag
def outcome_icon(outcome: str) -> SafeString:
    """How an entry ended, as an icon named by its word."""
    name, hue = LOOKS.get(outcome, ("circle-help", ""))
    return icon(name, f"sm {hue}".strip(), words.OUTCOME_WORDS.get(outcome, outcome))


@register.simple_tag
def outcome_pill(outcome: str) -> SafeString:
    """How an entry ended, as a pill."""
    name, hue = LOOKS.get(outcome, ("circle-help", ""))
    said = words.OUTCOME_WORDS.get(outcome, outcome)
    return format_html(
        '<span class="pill" data-variant="{}">{}<span class="cut">{}</span></span>', hue, icon(name), said
    )


@register.filter
def outcome_words(outcome: str) -> str:
    """How an entry ended, in a word."""
    return words.OUTCOME_WORDS.get(outcome, outcome)


@register.filter
def type_words(type: str) -> str:
    """`User role granted`."""
    return words.type_words(type)


@register.filter
def object_word(kind: str) -> str:
    """`API key`."""
    return words.object_word(kind)


@register.simple_tag
def document_of(noted: Noted, entry: Entry) -> str:
    """The SHA-256 of the release's document that a sync run noted; empty for other entries."""
    return noted.documents.get(entry.event.object_id, "")
