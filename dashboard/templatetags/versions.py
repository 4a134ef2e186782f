"""Tags of the pages about versions, spans and moments: times by a named zone, statuses, addresses of versions."""

from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.templatetags.ui import address, icon, role_icon
from dashboard.words import WORDS, Look
from releases.models import Artifact, Stage
from releases.queries import marks
from releases.states import ArtifactRole

register = template.Library()

RUN_WORDS = {
    "completed": "succeeded",
    "finished": "succeeded",
    "failed": "failed",
    "notresponding": "failed",
    "canceled": "canceled",
    "cancelrequested": "canceled",
    "paused": "canceled",
    "notstarted": "not_started",
    "queued": "queued",
    "starting": "running",
    "preparing": "running",
    "provisioning": "running",
    "running": "running",
    "finalizing": "running",
}
INSIDE = '{}<span class="vh">{} </span>{}<b class="cut">{}</b>'
LINK = f'<a class="chip" href="{{}}"{{}}{{}}>{INSIDE}</a>\n'
PLAIN = f'<span class="chip"{{}}{{}}>{INSIDE}</span>\n'
WAS = '<s><span class="vh">from </span>{}</s>{}<span class="vh"> to </span>'
LINK_ICONS = {
    "data": "database",
    "commit": "git-commit-horizontal",
    "training run": "flask-conical",
    "model version": "box",
    "releases": "rocket",
}


@register.filter
def run_look(status: str) -> Look:
    """Icon, hue and label of a training run's status; a word nobody knows is shown as it came."""
    word = RUN_WORDS.get(status.lower())
    return WORDS[word] if word else WORDS["unknown"]._replace(label=status or "Unknown")


@register.filter
def without_marks(text: str) -> str:
    """A text of Azure's without the mark that Slipway left in it."""
    return marks.without_marks(text)


@register.filter
def link_icon(kind: str) -> str:
    """The icon of a link of a version's chain."""
    return LINK_ICONS.get(kind, "box")


@register.filter
def instant(moment: datetime) -> str:
    """A moment as an address says it, exactly: `2026-03-03T13:00:00.250Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@register.filter
def utc(moment: datetime) -> str:
    """`Tue 3 Mar 2026, 13:00:00 UTC`."""
    return f"{_clock(moment.astimezone(UTC))} UTC"


@register.simple_tag
def in_zone(moment: datetime, zone: ZoneInfo) -> SafeString:
    """`Tue 3 Mar 2026, 14:00:00`, by the clocks of the zone; UTC, to the last digit, in the title."""
    shown = _clock(moment.astimezone(zone).replace(microsecond=0))
    return format_html('<time datetime="{}" title="{}">{}</time>', instant(moment), utc(moment), shown)


@register.simple_tag
def exactly_in_zone(moment: datetime, zone: ZoneInfo) -> str:
    """The same to the last digit."""
    return _clock(moment.astimezone(zone))


@register.simple_tag
@lru_cache(4096, typed=True)
def chip(role: str, now: str, before: str = "", url: str = "", title: str = "") -> SafeString:
    """One artifact version, leading to `url`, its page; blue with the old one struck through when it changed.

    No template, and each made once: a page shows hundreds of them, and the next page the same.
    """
    changed = SafeString(' data-variant="changed"') if before else ""
    named = format_html(' title="{}"', title) if title else ""
    was = format_html(WAS, before, icon("arrow-right", "sm")) if before else ""
    inside = icon(role_icon(role), "sm"), role, was, now
    return format_html(LINK, url, changed, named, *inside) if url else format_html(PLAIN, changed, named, *inside)


@register.simple_tag
def version_url(artifact: Artifact) -> str:
    """Where a model's or a scaler's version has its page; one that no registry knows has its trace, others nothing.

    The artifact comes from `queries.artifacts.of_releases`, which notes its workspace.
    """
    workspace = getattr(artifact, "registry_id", None)
    if workspace:
        return address("model_version", workspace, artifact.name, artifact.version)
    is_model = artifact.role in (ArtifactRole.MODEL, ArtifactRole.SCALER)
    return trace_url(artifact.name, artifact.version) if is_model and artifact.name and artifact.version else ""


@register.simple_tag
def trace_url(name: str, version: str) -> str:
    """Where one version's times are."""
    return f"{address('audit')}?{urlencode({'name': name, 'version': version})}"


@register.simple_tag
def since_then_url(stage: Stage, at: datetime) -> str:
    """What a stage ran at a moment beside what it runs now, on the page that compares."""
    then = quote(timezone.localtime(at).isoformat(), safe="")
    return f"{address('compare')}?a=live:{stage.pk}@{then}&b=live:{stage.pk}"


@register.simple_tag
def carriers_url(name: str, version: str) -> str:
    """The list of the releases that carry one version."""
    return f"{address('releases')}?{urlencode({'model': f'{name}:{version}'})}"


def _clock(shown: datetime) -> str:
    digits = f".{shown.microsecond:06}".rstrip("0") if shown.microsecond else ""
    return f"{shown:%a} {shown.day} {shown:%b %Y, %H:%M:%S}{digits}"
