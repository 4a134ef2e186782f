"""Entries of the trail."""

from typing import Any

from rest_framework import serializers

from releases.queries.audit_log import Entry


class ActorSerializer(serializers.Serializer[Entry]):
    """Who did it: `kind` user or system; `name` is the one they had then, null once it is erased."""

    kind = serializers.SerializerMethodField()
    ref = serializers.CharField(source="event.actor_ref", read_only=True)
    name = serializers.SerializerMethodField()

    def get_kind(self, entry: Entry) -> str:
        """`user` or `system`."""
        return "user" if entry.is_person else "system"

    def get_name(self, entry: Entry) -> str | None:
        """As on the pages; null for somebody erased."""
        return None if entry.is_erased else entry.who


class EntrySerializer(serializers.Serializer[Entry]):
    """One entry of the trail; `seq` is its number, `at` the database's time, `what` a sentence.

    `project` and `object` are natural keys, null where it is of none; `link` is the hash that ties it to its place.
    """

    id = serializers.IntegerField(source="seq", read_only=True)
    seq = serializers.IntegerField(read_only=True)
    at = serializers.DateTimeField(read_only=True)
    type = serializers.CharField(source="event.type", read_only=True)
    outcome = serializers.CharField(source="event.outcome", read_only=True)
    actor = ActorSerializer(source="*", read_only=True)
    what = serializers.CharField(source="sentence", read_only=True)
    project = serializers.SerializerMethodField()
    object = serializers.SerializerMethodField()
    link = serializers.CharField(read_only=True)

    def get_project(self, entry: Entry) -> dict[str, Any] | None:
        """Azure's id of the project and its name then."""
        said = entry.body.get("project")
        return {"key": said["key"], "name": said["name"]} if said else None

    def get_object(self, entry: Entry) -> dict[str, str] | None:
        """Its kind and natural key."""
        event = entry.event
        return {"kind": event.object_kind, "id": event.object_id} if event.object_kind else None


class WholeEntrySerializer(EntrySerializer):
    """One entry with its body byte for byte: `leaf` is the SHA-256 over a zero byte and it.

    `prev` is the link before; `checkpoint` how many entries the first signed checkpoint that covers it has, or null.
    """

    body = serializers.CharField(source="event.body", read_only=True)
    leaf = serializers.SerializerMethodField()
    prev = serializers.SerializerMethodField()
    checkpoint = serializers.SerializerMethodField()

    def get_leaf(self, entry: Entry) -> str:
        """In hex."""
        return bytes(entry.event.leaf).hex()

    def get_prev(self, entry: Entry) -> str:
        """In hex."""
        return bytes(entry.event.prev).hex()

    def get_checkpoint(self, _entry: Entry) -> int | None:
        """How many entries the first checkpoint that covers it covers."""
        found: int | None = self.context["checkpoint"]
        return found
