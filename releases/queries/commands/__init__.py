"""Commands as people read them: what was asked, how it stands, what happens next and whether somebody must act.

Asked by pages, the API and the verbs. Reads rows only; what may be pressed is decided by `releases.policies`.
"""

from releases.queries.commands.seen import CommandSeen, command_seen, commands_of, rows_seen, seen
from releases.queries.commands.sentences import entry_time, sentence_of
from releases.queries.commands.words import WORDS, asker, title, when_and_who, word_of

__all__ = [
    "WORDS", "CommandSeen", "asker", "command_seen", "commands_of", "entry_time", "rows_seen", "seen", "sentence_of",
    "title", "when_and_who", "word_of",
]  # fmt: skip
