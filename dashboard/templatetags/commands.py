"""Tags for the pages of commands: moments to the second, with the day where it is another one."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import times
from releases.queries.audit_log.words import VIA_WORDS
from releases.queries.commands import entry_time

register = template.Library()


@register.simple_tag
def moment_of(moment: datetime | None, missing: str = "") -> SafeString | str:
    """`14:20:40` or `Fri 20 Nov, 13:44:10`; the whole of it in the title."""
    if moment is None:
        return missing
    whole = times.whole(timezone.localtime(moment))
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), whole, entry_time(moment))


@register.filter
def via_word(via: str) -> str:
    """Through which door it came."""
    return VIA_WORDS.get(via, via)


@register.filter
def host(url: str) -> str:
    """`dev.azure.com/port-authority`: an address without what every address has."""
    return url.partition("://")[2].rstrip("/") or url


@register.filter
def times_word(count: int) -> str:
    """`once`, `3 times`."""
    return "once" if count == 1 else f"{count} times"
