import re
from collections.abc import Mapping
from typing import Any, cast

import pytest
from assembly import KEY
from builders import NOW
from fakes import FakeClock
from reddit_world import ACCOUNT, USERNAME, a_comment, a_listing, a_submission

from bot.adapters.reddit.rules import MOST, Rules, Threads
from bot.adapters.reddit.things import Reading, Said, read
from bot.domain.errors import PlatformError

RULES = Rules(titles=[re.compile(r"\bvent\b", re.IGNORECASE)], flairs=[re.compile("Serious")])
READING = Reading(key=KEY, account=ACCOUNT, username=USERNAME, subreddits={"one"}, now=NOW)


class Links:
    """Knows every link, as one without a flair; counts how often it is asked."""

    def __init__(self, answer: Any = None) -> None:
        self.asked: list[int] = []
        self._answer = answer

    async def get(self, path: str, params: Mapping[str, str | int], **_: bool) -> Any:
        names = str(params["id"]).split(",")
        self.asked.append(len(names))
        assert path == "api/info"
        return self._answer or a_listing([a_submission(at=NOW, name=name) for name in names])


def threads(links: Links) -> Threads:
    return Threads(api=cast("Any", links), rules={"one": RULES}, clock=FakeClock())


def said(link: str) -> Said:
    found = read(a_comment(at=NOW, link_id=link), READING)
    assert isinstance(found, Said)
    return found


@pytest.mark.parametrize(
    ("title", "flair", "skips"),
    [
        ("A Vent, sorry", "", True),
        ("An event", "", False),
        ("", "Serious replies only", True),
        ("x" * 300 + " vent", "", False),
        ("", "", False),
    ],
)
def test_a_pattern_anywhere_in_title_or_flair_leaves_a_thread_alone(
    title: str, flair: str, *, skips: bool
) -> None:
    assert RULES.skip(title, flair) is skips


async def test_as_many_threads_as_there_are_are_asked_by_the_hundred_and_few_are_remembered() -> None:
    links = Links()
    known = threads(links)
    comments = [said(f"t3_a{number}") for number in range(MOST + 250)]
    assert (await known.look(comments)).skipped == set()
    assert links.asked == [100] * 22 + [50]
    assert len(known._known) == MOST
    await known.look([said(name) for name in known._known])
    assert len(links.asked) == 23


@pytest.mark.parametrize("answer", ["<html>", [], {"data": []}, {"data": {"children": None}}])
async def test_an_answer_that_is_no_listing_says_nothing(answer: Any) -> None:
    looked = await threads(Links(answer or ["x"])).look([said("t3_a")])
    assert (looked.skipped, looked.unknown) == (set(), {"t3_a"})
    assert isinstance(looked.error, PlatformError)


async def test_a_link_that_cannot_be_read_counts_as_gone() -> None:
    bad: list[Any] = [7, {"data": 7}, a_submission(at=NOW, name="t3_a", title=None)]
    looked = await threads(Links(a_listing(bad))).look([said("t3_a")])
    assert (looked.skipped, looked.unknown, looked.error) == ({"t3_a"}, frozenset(), None)
