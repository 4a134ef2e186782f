"""Tags of the overview's lanes and lines: their versions, and what to know of a stage in a few words.

No templates: the overview of many pipelines shows hundreds of each.
"""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.templatetags.ui import age, icon, role_icon
from releases.queries.artifacts import Version
from releases.queries.lanes import Lane
from releases.queries.statuses import Word

register = template.Library()


@register.simple_tag
def lane_versions(versions: Iterable[Version]) -> SafeString:
    """The versions of a lane, each with its name; blue with the old one before it where it changed."""
    return format_html_join("", "{}", ((_lane_version(one.role, one.name, one.now, one.before),) for one in versions))


@register.simple_tag
def cell_note(lane: Lane) -> str:
    """What to know of one stage in a line of many."""
    if lane.pill.word is Word.DRIFT:
        return f"serves {lane.serves}"
    if lane.is_running and lane.step:
        return f"step {lane.step.number} of {lane.step.total}"
    if not lane.since:
        return "never deployed"
    failed, ago = "failed " if lane.word is Word.FAILED else "", "" if lane.is_live else " ago"
    return f"{failed}{age(lane.since)}{ago}{_behind(lane)}"


@lru_cache(4096, typed=True)
def _lane_version(role: str, name: str, now: str, before: str) -> SafeString:
    """One version. The same ones are live for days, and shown to everybody who looks."""
    was = '<b class="new"><span class="was"><span class="vh">from </span>{} →</span> {}</b>'
    number = format_html(was, before, now) if before else format_html("<b>{}</b>", now)
    row = '<li>{}<span class="cut" title="{}">{}</span>{}</li>'
    return format_html(row, icon(role_icon(role)), name, name, number)


def _behind(lane: Lane) -> str:
    if lane.pill.word is Word.UNKNOWN:
        return ", not seen"
    return f", {'99+' if lane.gap.is_more else lane.gap.releases} behind" if lane.gap else ""
