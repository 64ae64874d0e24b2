import asyncio

from bot.application.doorbell import Doorbell

TURNS = 5


async def turn() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def test_somebody_who_waits_hears_it() -> None:
    doorbell = Doorbell()
    waiting = asyncio.create_task(doorbell.wait("solace"))
    await turn()
    assert not waiting.done()
    doorbell.ring("solace")
    await turn()
    assert waiting.done()


async def test_somebody_who_comes_later_hears_it_once() -> None:
    doorbell = Doorbell()
    doorbell.ring("solace")
    doorbell.ring("solace")
    await doorbell.wait("solace")
    again = asyncio.create_task(doorbell.wait("solace"))
    await turn()
    assert not again.done()
    again.cancel()


async def test_a_ring_while_somebody_works_is_kept() -> None:
    doorbell = Doorbell()
    doorbell.ring("solace")
    await doorbell.wait("solace")
    doorbell.ring("solace")  # while the outbox is being looked through
    await doorbell.wait("solace")


async def test_a_wait_that_was_given_up_takes_no_ring_with_it() -> None:
    doorbell = Doorbell()
    given_up = asyncio.create_task(doorbell.wait("solace"))
    await turn()
    given_up.cancel()
    await turn()
    doorbell.ring("solace")
    await doorbell.wait("solace")


async def test_every_account_has_its_own_bell() -> None:
    doorbell = Doorbell()
    waiting = asyncio.create_task(doorbell.wait("solace"))
    doorbell.ring("other")
    await turn()
    assert not waiting.done()
    waiting.cancel()
