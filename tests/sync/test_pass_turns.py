"""The slots of a worker: sync never takes all of it, and no project starves another."""

from releases.sync.passes.schedule import Turns


def test_a_unit_without_a_free_slot_waits_and_comes_next() -> None:
    turns = Turns(slots=2)
    with turns.slot(("history", 1)) as first, turns.slot(("history", 2)) as second, turns.slot(("history", 3)) as third:
        assert (first, second, third) == (True, True, False)
    assert turns.next(("history", 1)) == ("history", 3)
    assert turns.next(("history", 2)) == ("history", 1)


def test_who_goes_on_alone_is_its_own_successor() -> None:
    turns = Turns(slots=1)
    with turns.slot(("details", 1)) as got:
        assert got
    assert turns.next(("details", 1)) == ("details", 1)
    assert turns.next() is None


def test_a_slot_is_free_again_after_an_error() -> None:
    turns = Turns(slots=1)
    try:
        with turns.slot(("history", 1)):
            raise ValueError
    except ValueError:
        pass
    with turns.slot(("history", 1)) as got:
        assert got
