"""What the compare page shows of its two sides, the addresses of its links, and the sentence at its top."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.http import urlencode

from releases.queries.compare import Comparison, Option, Side, compare, options


@dataclass(frozen=True)
class Choice:
    """One side's list: what its pipeline's stages run, its newest releases, and the one that is chosen."""

    name: str
    label: str
    chosen: str
    live: Sequence[Option]
    releases: Sequence[Option]


class Desk:
    """The page for one request. `picked`: how many rows of the list were ticked, where these were not two."""

    def __init__(self, a: Side | None, b: Side | None, *, is_whole: bool = False, picked: int = 0) -> None:
        self.a, self.b, self.is_whole, self.picked = a, b, is_whole, picked

    @cached_property
    def comparison(self) -> Comparison | None:
        """Both releases compared; None while there are not two different ones."""
        a, b = (one.release if one else None for one in (self.a, self.b))
        return compare(a, b) if a and b and a.pk != b.pk else None

    @property
    def title(self) -> str:
        """`Release-22 against Release-24`."""
        return f"{self.a.title} against {self.b.title}" if self.a and self.b else "Compare two releases"

    @property
    def answer(self) -> str:
        """The sentence the reader came for."""
        if self.comparison:
            return self.comparison.sentence
        if self.picked:
            return f"{'One release is' if self.picked == 1 else 'More than two releases are'} ticked. Choose two."
        empty = next((one for one in (self.a, self.b) if one and one.release is None and one.stage), None)
        if empty and empty.stage:
            why = (
                f"No record says what {empty.stage.name} ran then"
                if empty.at
                else f"{empty.stage.name} runs nothing now"
            )
            return f"{why}, so there is nothing to compare with. Choose another release."
        if self.a and self.b:
            return "Both sides are the same release. Choose another one."
        return "Choose the other release." if self.a or self.b else "Tick two rows of the releases list."

    @property
    def is_moving(self) -> bool:
        """Whether a look in a minute may show something else."""
        sides = [one for one in (self.a, self.b) if one]
        return any((one.stage and not one.at) or (one.release and one.release.is_unfinished) for one in sides)

    @cached_property
    def choices(self) -> Sequence[Choice]:
        """The lists of both sides; of the other side's pipeline where a side is not chosen yet."""
        pipelines = {name: one.pipeline_id for name, one in (("a", self.a), ("b", self.b)) if one}
        offered = {pipeline: options(pipeline) for pipeline in set(pipelines.values())}
        first = next(iter(pipelines.values()), None)
        if first is None:
            return []
        return [
            self._choice("a", "Base", self.a, *offered[pipelines.get("a", first)]),
            self._choice("b", "Compared with", self.b, *offered[pipelines.get("b", first)]),
        ]

    def _choice(
        self, name: str, label: str, one: Side | None, live: Sequence[Option], releases: Sequence[Option]
    ) -> Choice:
        chosen = one.address if one else ""
        known = {option.value for option in (*live, *releases)}
        beside = [Option(chosen, one.title)] if one and chosen not in known else []
        return Choice(name, label, chosen, live, [*beside, *releases])

    @property
    def swapped(self) -> str:
        """The address with the sides changed over."""
        return self._address(self.b, self.a, is_whole=self.is_whole)

    @property
    def changes(self) -> str:
        """The address that shows differences only."""
        return self._address(self.a, self.b, is_whole=False)

    @property
    def everything(self) -> str:
        """The address that shows what is the same as well."""
        return self._address(self.a, self.b, is_whole=True)

    def _address(self, a: Side | None, b: Side | None, *, is_whole: bool) -> str:
        given = {name: one.address for name, one in (("a", a), ("b", b)) if one}
        return f"?{urlencode({**given, **({'rows': 'all'} if is_whole else {})})}"
