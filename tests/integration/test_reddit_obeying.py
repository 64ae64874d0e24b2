"""Whoever writes `!optout` as a comment of its own is not read any more."""

from typing import Any

import pytest
from reddit_people import ANN, BEN, RedditPeople, author

from bot.adapters.reddit.obeying import Obeying
from bot.adapters.reddit.values import ref_of
from bot.adapters.storage import SqlStore
from bot.domain.messages import IncomingMessage


@pytest.fixture
def people(store: SqlStore) -> RedditPeople:
    return RedditPeople(store)


def said(people: RedditPeople, text: str, *, name: str = ANN, **changes: Any) -> IncomingMessage:
    fields = {"command": True, "author": author(name), "account": "reddit:solace_bot"} | changes
    return people.bot.message(text, ref=ref_of("lounge", "t1_q1"), **fields)


async def brought(people: RedditPeople, *messages: IncomingMessage) -> frozenset[object]:
    task_of = people.bot
    obeying = Obeying(inbox=task_of.intake, store=people.store, clock=people.clock)
    async with task_of.judging():
        await obeying.submit(messages)
    return frozenset(await people.read(lambda q: q.opted_out((author(ANN), author(BEN)))))


async def test_a_whole_comment_is_obeyed_and_nothing_is_said(people: RedditPeople) -> None:
    assert await brought(people, said(people, "!optout")) == {author(ANN)}
    assert await people.said() == []


async def test_taking_it_back_holds_although_the_comment_is_met_again(people: RedditPeople) -> None:
    await brought(people, said(people, "!optout"))
    await people.store.transact(lambda tx: tx.opt_in(author(ANN)))
    assert await brought(people, said(people, "!optout")) == frozenset()


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("I read about !optout", {"command": False}),
        ("!why", {}),
        ("!optout", {"author": None}),
        ("!optout", {"answers_us": True}),
    ],
)
async def test_nothing_else_is(people: RedditPeople, text: str, changes: dict[str, Any]) -> None:
    assert await brought(people, said(people, text, **changes)) == frozenset()
