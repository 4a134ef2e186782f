"""Parameters of the list of logs, of the lines of one, and of the search in one."""

from rest_framework import serializers

from releases.api.filters.base import PageFilter, Word, by_id, one_of, word
from releases.models import StepLog
from releases.queries.logs.lines import MOST_LINES

LARGEST_LINE = 2**31 - 1


class LogFilter(PageFilter):
    """Parameters of `logs`."""

    project = word("Slug of the project.")
    release = by_id("Our id of the release.")
    deployment = by_id("Our id of the attempt.")
    state = one_of(StepLog.State, "What is known of the log.")


def _line(told: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_LINE, required=False, help_text=told)


LinesFilter = type(
    "LinesFilter",
    (serializers.Serializer,),
    {
        "__doc__": "Parameters of the lines of one log; `from` is no name that Python lets a class have.",
        "from": _line("The first line; 1 without it."),
        "to": _line(f"The last line; at most {MOST_LINES} lines are told at once."),
    },
)


class LogSearchFilter(serializers.Serializer[None]):
    """Parameters of the search in one log."""

    q = Word(max_length=200, trim_whitespace=False, help_text="The text to look for, in whatever case.")
