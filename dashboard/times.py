"""Times and durations as the pages say them, in the active time zone. Used by templatetags; pure."""

from datetime import date, datetime, timedelta

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86400
TENTHS_BELOW = 9.95
NEAR = {0: "Today", 1: "Yesterday"}


def absolute(moment: datetime, *, now: datetime) -> str:
    """`Today, 09:12`, `Wed 18 Nov, 16:40`, with the year when it is another one."""
    zone = timezone.get_current_timezone()
    shown, today = moment.astimezone(zone), now.astimezone(zone)
    days_ago = today.toordinal() - shown.toordinal()
    if days_ago in NEAR:
        return f"{NEAR[days_ago]}, {shown:%H:%M}"
    return f"{shown:%a {shown.day} %b, %H:%M}" if shown.year == today.year else f"{shown:%a {shown.day} %b %Y, %H:%M}"


def within(moment: datetime, *, now: datetime) -> str:
    """The same inside a sentence: `today at 09:12`, `Wed 18 Nov at 16:40`."""
    words = absolute(moment, now=now).replace(", ", " at ")
    return words[0].lower() + words[1:] if words.startswith(("Today", "Yesterday")) else words


def since(moment: datetime, *, now: datetime) -> str:
    """A beginning and its age: `today 09:31, 5 h`, `Mon 16 Nov, 3 d`."""
    words, age = absolute(moment, now=now), duration(now - moment, coarse=True)
    is_near = words.startswith(("Today", "Yesterday"))
    return f"{words.replace(',', '').lower()}, {age}" if is_near else f"{words.partition(',')[0]}, {age}"


def day(moment: datetime) -> str:
    """`3 March 2026`."""
    shown = timezone.localtime(moment)
    return f"{shown.day} {shown:%B %Y}"


def span_of_days(first: date | None, last: date | None) -> str:
    """`since 1 November 2026`, `until 20 November 2026`, `1 November to 20 November 2026`; nothing for neither."""
    if first and last:
        start = f"{first.day} {first:%B}" if first.year == last.year else f"{first.day} {first:%B %Y}"
        return f"{start} to {last.day} {last:%B %Y}"
    words = [(first, "since"), (last, "until")]
    return next((f"{word} {one.day} {one:%B %Y}" for one, word in words if one), "")


def whole(shown: datetime) -> str:
    """Everything, with the zone named: `Mon 16 Nov 2026, 11:00:03 Europe/Helsinki`."""
    return f"{shown:%a {shown.day} %b %Y, %H:%M:%S} {shown.tzinfo}"


def ago(length: timedelta) -> str:
    """`12 s ago`, `3 min ago`, `2 h ago`, `5 d ago`."""
    return f"{duration(length, coarse=True)} ago"


def days(length: timedelta) -> str:
    """`12 days`, `1 day`; below a day `4 h`."""
    count = length.days
    return f"{count} day{'s' if count != 1 else ''}" if count else duration(length, coarse=True)


def duration(length: timedelta, *, coarse: bool = False) -> str:
    """`6 min 08 s`, `4 h 48 min`, `3 d 2 h`; coarse gives the greatest unit alone."""
    seconds = max(0, round(length.total_seconds()))
    for size, unit, smaller, small in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min"), (MINUTE, "min", 1, "s")):
        if seconds >= size:
            whole_units, rest = seconds // size, seconds % size // smaller
            second = f" {rest:02} s" if small == "s" else f" {rest} {small}"
            return f"{whole_units} {unit}" + (second if rest and not coarse else "")
    tenths = length.total_seconds()
    return f"{seconds} s" if coarse or tenths >= TENTHS_BELOW or tenths <= 0 else f"{tenths:.1f} s"
