"""Celery's broker when everything runs on one machine: kombu's filesystem transport, made safe against half-written
messages. Named by `dashboard.settings`; holds no work of its own, because tables are the queues."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """kombu names a message before it is written, so a reader can take an empty file and the worker stops on it."""

    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        """Write the message under a name nobody reads, then give it its own in one step."""
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        draft = folder / f".{name}.draft"
        draft.write_text(dumps(message))
        draft.replace(folder / name)


class Transport(filesystem.Transport):
    """The transport with that channel."""

    Channel = Channel
