"""How a log line looks: JSON, or plain with everything neutralised that could forge or hide a line. Named by
`dashboard.settings.LOGGING`; times are UTC."""

import json
import logging
import re
from datetime import UTC, datetime
from unicodedata import category

UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ONE_TIME_LINK = re.compile(r"(?<=/accounts/first/)[^/\s]+")
"""Django logs the path of each answer above 399; a form sent back with errors leaves the link as good as it was."""


def message_of(record: logging.LogRecord) -> str:
    """What was logged, without the secret of a one-time link."""
    return ONE_TIME_LINK.sub("...", record.getMessage())


def neutralised(text: str) -> str:
    """The text with control, bidirectional and line-separating characters spelled out, so a record stays one line."""
    return "".join(c if category(c) not in UNSAFE_CATEGORIES else f"\\u{ord(c):04x}" for c in text)


class PlainFormatter(logging.Formatter):
    """One readable line per record; a traceback follows on lines of its own, each begun by a bar."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line = f"{at:%Y-%m-%d %H:%M:%S} {record.levelname.lower()} {record.name}: {neutralised(message_of(record))}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n  | {neutralised(part)}" for part in trace)
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object per record, ASCII only, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            "process": record.process,
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=True)
