import inspect
import re
from datetime import timedelta

import pytest

from bot.domain import errors
from bot.domain.errors import BotError, Overloaded, RateLimited

BRANCH = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<name>\w+)", re.MULTILINE)


def drawn() -> dict[str, str]:
    """Child to parent, as the tree at the top of the file has them."""
    parents = ["BotError"]
    tree = {}
    for branch in BRANCH.finditer(errors.__doc__ or ""):
        depth = len(branch["indent"]) // len("│   ") + 1
        del parents[depth:]
        tree[branch["name"]] = parents[-1]
        parents.append(branch["name"])
    return tree


def real() -> dict[str, str]:
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, BotError)]
    return {each.__name__: each.__bases__[0].__name__ for each in classes if each is not BotError}


def test_the_tree_at_the_top_of_the_file_is_the_tree() -> None:
    assert drawn() == real()
    assert len(real()) == 13


@pytest.mark.parametrize("error", [Overloaded, RateLimited])
def test_who_has_to_wait_is_told_how_long(error: type[Overloaded | RateLimited]) -> None:
    raised = error(timedelta(seconds=7))
    assert raised.retry_after == timedelta(seconds=7)
    assert "7 s" in str(raised)
