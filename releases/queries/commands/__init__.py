"""Commands as people read them: what was asked, how it stands, what happens next and whether somebody must act.

Asked by pages, the API and the verbs. Reads rows only; what may be pressed is decided by `releases.policies`.
"""

from releases.queries.commands.desk import Desk, Ended, Sends, desk, ended, going_out, needing, organization_seen
from releases.queries.commands.evidence import Shown, shown_of
from releases.queries.commands.seen import (
    CommandSeen,
    attaching,
    changes_of_triggers,
    command_seen,
    commands_of,
    rows_seen,
    seen,
)
from releases.queries.commands.sentences import entry_time, sentence_of
from releases.queries.commands.words import WORDS, asker, title, when_and_who, word_of

__all__ = [
    "WORDS", "CommandSeen", "Desk", "Ended", "Sends", "Shown", "asker", "attaching", "changes_of_triggers",
    "command_seen", "commands_of", "desk", "ended", "entry_time", "going_out", "needing", "organization_seen",
    "rows_seen", "seen", "sentence_of", "shown_of", "title", "when_and_who", "word_of",
]  # fmt: skip
