"""What somebody typed and chose so far on the page of a new release, so that nothing of it is lost. No rules here."""

from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from releases.actions.create import Order

VERSION, SEARCH = "version:", "find:"
CREATE, ANEW = "create", "anew"


@dataclass(frozen=True)
class Typed:
    """The fields of the form. `stages` are all that start by themselves, `started` those of them that shall."""

    do: str = ""
    key: str = ""
    seen: str = ""
    asked: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    searched: dict[str, str] = field(default_factory=dict)
    description: str = ""
    is_draft: bool = False
    stages: tuple[str, ...] = ()
    started: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> "Typed":
        """As posted; nothing by GET."""
        given = request.POST
        return cls(
            do=given.get("do", ""),
            key=given.get("key", ""),
            seen=given.get("seen", ""),
            asked=given.get("asked", ""),
            versions=_beginning(given, VERSION),
            searched=_beginning(given, SEARCH),
            description=given.get("description", ""),
            is_draft=given.get("is_draft") == "on",
            stages=tuple(given.getlist("stage")),
            started=tuple(given.getlist("start")),
        )

    @property
    def is_sent(self) -> bool:
        """Whether the release is asked for; everything else only looks."""
        return self.do == CREATE

    @property
    def is_anew(self) -> bool:
        """Whether Azure is to be asked once more."""
        return self.do == ANEW

    @property
    def manual_stages(self) -> tuple[str, ...]:
        """Those that shall not start by themselves, though they would."""
        return tuple(name for name in self.stages if name not in self.started)

    def order(self) -> Order:
        """What is asked for."""
        return Order(self.versions, self.description, self.is_draft, self.manual_stages)


def _beginning(given: QueryDict, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): str(value) for name, value in given.items() if name.startswith(prefix)}
