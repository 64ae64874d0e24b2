import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from bot.adapters.background import drawn
from bot.domain.errors import BotError


async def everything(source: Iterator[int], most: int) -> list[list[int]]:
    async with aclosing(drawn(source, most=most)) as chunks:
        return [chunk async for chunk in chunks]


@pytest.mark.parametrize("most", [1, 3, 64])
async def test_everything_comes_once_and_in_order(most: int) -> None:
    chunks = await everything(iter(range(100)), most)

    assert [each for chunk in chunks for each in chunk] == list(range(100))
    assert all(1 <= len(chunk) <= most for chunk in chunks)


async def test_nothing_is_nothing() -> None:
    assert await everything(iter(()), 8) == []


async def test_it_never_reads_further_ahead_than_it_may() -> None:
    drawn_so_far = 0

    def counting() -> Iterator[int]:
        nonlocal drawn_so_far
        while drawn_so_far < 100:
            drawn_so_far += 1
            yield drawn_so_far

    taken = 0
    async with aclosing(drawn(counting(), most=4)) as chunks:
        async for chunk in chunks:
            taken += len(chunk)
            assert drawn_so_far <= taken + 4 + 1  # one more may wait for room in the thread's hand
    assert taken == 100


async def test_a_lone_item_does_not_wait_for_others() -> None:
    go_on = threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        go_on.wait()
        yield 2

    async with aclosing(drawn(slow(), most=64)) as chunks:
        assert await anext(chunks) == [1]
        go_on.set()
        assert await anext(chunks) == [2]


async def test_a_stream_that_breaks_is_an_error_after_what_came_before() -> None:
    def breaking() -> Iterator[int]:
        yield 1
        raise IsADirectoryError(21, "Is a directory")

    async with aclosing(drawn(breaking(), most=64)) as chunks:
        assert await anext(chunks) == [1]
        with pytest.raises(BotError, match="Is a directory"):
            await anext(chunks)


async def test_closing_early_lets_the_thread_go() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    async with aclosing(drawn(endless(), most=2)) as chunks:
        await anext(chunks)
    assert await asyncio.to_thread(ended.wait, 10)
