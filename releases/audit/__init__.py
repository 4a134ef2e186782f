"""The append-only trail; the only writer of audit rows.

`append()` is called by actions, sync, gates and delivery as the last statement of their transaction; `findings()` reads
the whole chain and says what is wrong with it. What the events mean stands in docs/audit.md.
"""

from releases.audit.actors import Actor, System
from releases.audit.appending import append
from releases.audit.chain import JSON
from releases.audit.events import EVENTS, Outcome, Via
from releases.audit.verifier.rules import Finding
from releases.audit.verify import findings

__all__ = ["EVENTS", "JSON", "Actor", "Finding", "Outcome", "System", "Via", "append", "findings"]
