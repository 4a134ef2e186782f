"""`--replay DIR`: recorded releases served byte for byte, and around them the list, feed and definition made up.

Started by `sandbox.__main__` in place of the living company. Nothing here can be changed through the API.
"""

from sandbox.replay.answers import routes
from sandbox.replay.recording import Recording, Unreadable

__all__ = ["Recording", "Unreadable", "routes"]
