"""Tags and filters for templates: icons, words of states, times in the reader's zone, links judged safe.

No rule of the domain is decided here; the words and hues follow the design. What is made once and kept is kept by the
types of its parts too: a text that is safe as it stands equals the same text that must be escaped.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard import times
from dashboard.words import EVENTS, RUN_KINDS, VERDICTS, WORDS, Look
from releases.outbound import safe_link
from releases.queries.sentences import DOES_NOT_SAY, NAMES, Part, branch_name
from releases.states import ArtifactRole, TriggerKind

register = template.Library()

TWO_MINUTES = 120
TEN, HUNDREDTH = 10, 0.05

ROLE_ICONS: dict[str, str] = {
    ArtifactRole.MODEL: "box",
    ArtifactRole.SCALER: "scale",
    ArtifactRole.CODE: "git-commit-horizontal",
    ArtifactRole.BUILD: "package",
    ArtifactRole.OTHER: "database",
}
TRIGGER_ICONS: dict[str, str] = {
    TriggerKind.PUSH: "git-branch",
    TriggerKind.MODEL: "box",
    TriggerKind.BUILD: "package",
    TriggerKind.SCHEDULE: "calendar-clock",
    TriggerKind.MANUAL: "hand",
    TriggerKind.PULL_REQUEST: "git-pull-request",
    TriggerKind.CONTAINER: "server",
    TriggerKind.PACKAGE: "archive",
    TriggerKind.UNKNOWN: "circle-help",
}


@register.simple_tag
@lru_cache(1024, typed=True)
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """One Lucide icon. Without a label it is hidden from screen readers.

    A page has hundreds of a few dozen, so each is made once: the sprite's address is the same while the process lives.
    """
    href = f"{static('icons/lucide.svg')}#{name}"
    named = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="i {}" {}><use href="{}"/></svg>', classes, named, href)


@register.simple_tag
def word_icon(word: str, classes: str = "") -> SafeString:
    """The icon of a state in its hue, named by the word itself."""
    look = look_of(word)
    return icon(look.icon, f"{look.hue or 'dim'} {classes}".strip(), look.label)


@register.simple_tag
@lru_cache(8192, typed=True)
def address(name: str, *parts: str | int) -> str:
    """Django's `url`, for links that a page has by the hundred: each is worked out once."""
    return reverse(name, args=parts)


@register.simple_tag
@lru_cache(1024, typed=True)
def pill(word: str, text: str = "") -> SafeString:
    """How one object stands; `text` instead of the word's label."""
    look = look_of(word)
    inside = icon(look.icon), text or look.label
    return format_html('<span class="pill" data-variant="{}">{}<span class="cut">{}</span></span>', look.hue, *inside)


@register.filter
def look_of(word: str) -> Look:
    """Icon, hue and label of a state's word."""
    return WORDS.get(word, WORDS["unknown"])


@register.filter
def event_look(kind: str) -> Look:
    """Icon and hue of an event of a timeline."""
    return EVENTS.get(kind, EVENTS["started"])


@register.filter
def verdict_look(verdict: str) -> Look:
    """Icon and hue of what became of one thing from one release to another."""
    return VERDICTS.get(verdict, VERDICTS["unknown"])


@register.filter
def trigger_name(kind: str) -> str:
    """What a trigger's kind is called."""
    return NAMES[TriggerKind(kind)] if kind in NAMES else DOES_NOT_SAY


@register.filter
def branch(ref: str) -> str:
    """`main` for `refs/heads/main`."""
    return branch_name(ref)


@register.filter
def role_icon(role: str) -> str:
    """The icon of an artifact's role."""
    return ROLE_ICONS.get(role, "database")


@register.filter
def trigger_icon(kind: str) -> str:
    """The icon of a trigger's kind."""
    return TRIGGER_ICONS.get(kind, "circle-help")


@register.simple_tag
def when(moment: datetime | None, missing: str = "") -> SafeString | str:
    """A time as people say it, in the reader's zone: `Today, 09:12`; the whole of it in the title."""
    return _time(moment, times.absolute(moment, now=timezone.now())) if moment else missing


@register.simple_tag
def ago(moment: datetime | None, missing: str = "never") -> SafeString | str:
    """How long ago: `12 s ago`. The page goes on counting by itself where scripts run."""
    if moment is None:
        return missing
    words = times.ago(timezone.now() - moment)
    shown = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', moment.isoformat(), times.whole(shown), words
    )


@register.simple_tag
def within(moment: datetime | None, missing: str = "") -> SafeString | str:
    """A time inside a sentence: `today at 09:12`."""
    return _time(moment, times.within(moment, now=timezone.now())) if moment else missing


@register.simple_tag
def since(moment: datetime | None) -> SafeString | str:
    """A beginning with its age beside it: `Mon 16 Nov, 3 d`; the clock time in the title."""
    return _time(moment, times.since(moment, now=timezone.now())) if moment else ""


@register.simple_tag
def took(start: datetime | None, end: datetime | None) -> str:
    """How long from one to the other: `4 h 48 min`; up to now without an end, nothing without a start."""
    return times.duration((end or timezone.now()) - start) if start else ""


@register.filter
def duration(length: timedelta | None) -> str:
    """A length of time in words."""
    return times.duration(length) if length is not None else ""


@register.filter
def days(length: timedelta) -> str:
    """A length of time in days: `12 days`."""
    return times.days(length)


@register.filter
def length_of(length: timedelta) -> str:
    """How long, whichever way it counts, rounded to minutes where it is that long: `10 min`."""
    seconds = abs(length.total_seconds())
    return times.duration(timedelta(minutes=round(seconds / 60)) if seconds >= TWO_MINUTES else abs(length))


@register.filter
def figure(number: float) -> str:
    """A measured figure with as many digits as it is worth: `0.4`, `41`, `1,250`."""
    return f"{number:,.0f}" if abs(number) >= TEN else f"{number:.1f}" if number >= HUNDREDTH else f"{number:.2g}"


@register.filter
def run_kind(kind: str) -> str:
    """What a sync run reads."""
    return RUN_KINDS.get(kind, kind.capitalize())


@register.filter
def set_aside_name(key: str) -> str:
    """`Release 402` for `release:402`, `Training run port-weather-train-118` for `training-run:...`."""
    noun, _, name = key.partition(":")
    return f"{noun.replace('-', ' ').capitalize()} {name}".strip()


@register.simple_tag(takes_context=True)
def outside(context: template.Context, url: str) -> str:
    """The address when a page may link to it, else nothing. Configured origins are handed in by the shell."""
    return safe_link(url, configured=context.get("origins") or ()) or ""


@register.filter
def control(field: BoundField, is_first: bool = False) -> SafeString:
    """A form's field as the design draws it; the first one of a page that is nothing but a form has the focus."""
    kind = getattr(field.field.widget, "input_type", "")
    attrs: dict[str, str | bool] = {} if kind in {"checkbox", "radio", "hidden"} else {"class": "in"}
    attrs["placeholder"] = False  # the label says it
    return field.as_widget(attrs={**attrs, "autofocus": True} if is_first else attrs)


@register.simple_tag
def age(moment: datetime | None) -> str:
    """How long since, in the greatest unit: `3 d`."""
    return times.duration(timezone.now() - moment, coarse=True) if moment else ""


@register.simple_tag(takes_context=True)
def sentence(context: template.Context, parts: Iterable[Part]) -> SafeString:
    """A sentence in parts, its safe addresses as links."""
    origins = context.get("origins") or ()
    return format_html_join("", "{}", ((_part(part, safe_link(part.url, configured=origins)),) for part in parts))


@register.filter
def initials(name: object) -> str:
    """At most two letters for an avatar."""
    words = [word for word in str(name).replace("@", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.simple_tag
def day(moment: datetime | None) -> str:
    """`3 March 2026`."""
    return times.day(moment) if moment else ""


@register.simple_tag
def short_day(moment: datetime) -> str:
    """`20 Oct`, in the reader's zone."""
    shown = timezone.localtime(moment)
    return f"{shown.day} {shown:%b}"


@register.simple_tag
def short_hour(moment: datetime) -> str:
    """`Mon 14:00`, in the reader's zone."""
    return f"{timezone.localtime(moment):%a %H:%M}"


@register.simple_tag
def plain_time(moment: datetime | None) -> str:
    """The same as `when` for places that hold text alone, such as a drawing's title."""
    return times.absolute(moment, now=timezone.now()) if moment else ""


@register.simple_tag
def utc_time(moment: datetime) -> str:
    """`09:00`, in UTC."""
    return f"{moment.astimezone(UTC):%H:%M}"


@register.simple_tag
def now_zone() -> str:
    """The zone all times of the page are shown in."""
    return timezone.get_current_timezone_name()


def _part(part: Part, url: str | None) -> str:
    if url:
        return format_html('<a href="{}" rel="noopener">{}</a>', url, part.text)
    return format_html("<b>{}</b>", part.text) if part.is_strong else part.text


def _time(moment: datetime, words: str) -> SafeString:
    shown = timezone.localtime(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), times.whole(shown), words)
