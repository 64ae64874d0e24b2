import pytest
from traps import ANSWERED, SENT, STORED, Traps


def test_a_trap_springs_once_in_its_window_after_so_many_others() -> None:
    killed: list[int] = []
    traps = Traps(kill=killed.append)
    traps.set(STORED, 42, after=1)

    assert not traps.springs(STORED), "one may pass"
    assert not any(traps.springs(window) for window in (SENT, ANSWERED, None))
    assert (killed, traps.is_set) == ([], True)
    assert traps.springs(STORED)
    assert not traps.springs(STORED)
    assert (killed, traps.is_set) == ([42], False)


def test_a_trap_that_was_removed_kills_nobody() -> None:
    killed: list[int] = []
    traps = Traps(kill=killed.append)
    traps.set(SENT, 42)
    traps.remove()
    assert not traps.springs(SENT)
    assert killed == []


def test_a_window_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="one of sent, stored"):
        Traps().set("sometime", 42)
