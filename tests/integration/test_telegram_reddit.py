"""`/reddit`: the operator looks at subreddits and pauses them, in private; and hears of troubles there."""

import asyncio
from datetime import timedelta

import pytest
from conversation_world import ADMIN, MEMBER, OWNER, FakeSpeaker, World, group, private, texts
from fakes import FakeClock

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.alerts import AlertCarrier
from bot.adapters.telegram.conversation.reddit import RedditPart
from bot.adapters.telegram.texts import admin
from bot.adapters.telegram.texts import reddit as said
from bot.adapters.telegram.values import Person, Place, Say
from bot.application.alerts import MOST, Alerts
from bot.application.pauses import OPEN_END
from bot.application.watching import Block, Cursor
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.messages import REDDIT, ChannelKey

ACCOUNT = "reddit:solace_bot"
LOUNGE, CELLAR = (REDDIT, "lounge"), (REDDIT, "cellar")
AT_HOME = private(OWNER)


@pytest.fixture
def world(store: SqlStore) -> World:
    part = RedditPart(
        subreddits=["Lounge", "cellar"],
        account=ACCOUNT,
        defaults=ChannelDefaults(by_chat={CELLAR: ChannelSettings(mode=Mode.LIVE)}),
        clock=FakeClock(),
    )
    return World(store, more=[part])


async def asks(world: World, text: str, *, who: Person = OWNER, place: Place = AT_HOME) -> list[str]:
    return texts(await world.types(text, who=who, place=place))


async def pause_of(world: World, key: ChannelKey) -> object:
    own = await world.store.read(lambda q: q.channel_overrides((key,)))
    return own.get(key, {}).get("paused_until")


async def test_it_shows_each_subreddit_and_the_last_look(world: World) -> None:
    now = world.clock.now()
    block = Block(chat=LOUNGE, reason="banned", times=1, since=now, until=now + timedelta(days=1))
    cursor = Cursor(account=ACCOUNT, stream="comments", recent=(), polled_at=now, gaps=2)
    await asks(world, "/reddit pause cellar 2h")
    (shown,) = await asks(world, "/reddit")
    assert shown.splitlines() == [
        "r/cellar: live, paused until 23 November 2026, 14:00 UTC",
        "r/lounge: shadow",
        "Not looked yet, 0 gaps so far.",
    ]
    await world.store.transact(lambda tx: tx.keep_block(block))
    await world.store.transact(lambda tx: tx.keep_cursor(cursor))
    (shown,) = await asks(world, "/reddit status")
    assert shown.splitlines() == [
        "r/cellar: live, paused until 23 November 2026, 14:00 UTC",
        "r/lounge: shadow, Reddit keeps me out (banned), tried again 24 November 2026, 12:00 UTC",
        "Last look: 23 November 2026, 12:00 UTC, 2 gaps so far.",
    ]


async def test_a_break_begins_and_ends(world: World) -> None:
    assert await asks(world, "/reddit pause r/Lounge") == [said.paused("lounge", OPEN_END)]
    assert await pause_of(world, LOUNGE) == OPEN_END
    assert await pause_of(world, CELLAR) is None
    assert await asks(world, "/reddit resume lounge") == [said.resumed("lounge")]
    assert await pause_of(world, LOUNGE) == world.clock.now()
    assert await asks(world, "/reddit resume lounge") == [said.not_paused("lounge")]
    end = world.clock.now() + timedelta(days=1)
    assert await asks(world, "/reddit pause lounge 1 day") == [said.paused("lounge", end)]
    assert await pause_of(world, LOUNGE) == end


async def test_resuming_forgets_that_reddit_kept_us_out(world: World) -> None:
    now = world.clock.now()
    block = Block(chat=LOUNGE, reason="banned", times=1, since=now, until=now + timedelta(days=1))
    await world.store.transact(lambda tx: tx.keep_block(block))
    assert await asks(world, "/reddit resume lounge") == [said.resumed("lounge")]
    assert await world.store.read(lambda q: q.blocks(REDDIT)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "/reddit pause",
        "/reddit resume",
        "/reddit pause lounge 2 weeks",
        "/reddit pause lounge 31 days",
        "/reddit x",
    ],
)
async def test_what_is_not_understood_changes_nothing(world: World, text: str) -> None:
    assert await asks(world, text) == [said.USAGE]
    assert await pause_of(world, LOUNGE) is None


@pytest.mark.parametrize("text", ["/reddit pause elsewhere", "/reddit resume elsewhere"])
async def test_nothing_is_stored_of_a_subreddit_that_is_not_watched(world: World, text: str) -> None:
    assert await asks(world, text) == [said.NOT_WATCHED]
    assert await world.store.read(lambda q: q.channel_overrides(((REDDIT, "elsewhere"),))) == {}


@pytest.mark.parametrize("text", ["/reddit", "/reddit pause lounge", "/reddit resume lounge"])
@pytest.mark.parametrize(
    ("who", "place"),
    [
        (MEMBER, private(MEMBER)),
        (ADMIN, private(ADMIN)),
        (ADMIN, group()),
        (MEMBER, group()),
        (OWNER, group()),
    ],
)
async def test_nobody_else_learns_of_it_and_no_group_does(
    world: World, text: str, who: Person, place: Place
) -> None:
    await asks(world, "/reddit pause cellar 1h")
    before = [await pause_of(world, key) for key in (LOUNGE, CELLAR)]
    assert set(await asks(world, text, who=who, place=place)) <= {admin.UNKNOWN}
    assert [await pause_of(world, key) for key in (LOUNGE, CELLAR)] == before


async def test_without_subreddits_it_says_so(store: SqlStore) -> None:
    part = RedditPart(subreddits=[], account="", defaults=ChannelDefaults(), clock=FakeClock())
    assert await asks(World(store, more=[part]), "/reddit") == [said.NO_SUBREDDITS]


async def test_alerts_reach_every_owner_in_order() -> None:
    alerts, speaker = Alerts(), FakeSpeaker()
    for number in range(MOST + 3):
        alerts.put(f"word {number}")
    task = asyncio.create_task(AlertCarrier(alerts=alerts, speaker=speaker, owners=(1, 2)).run())
    for _ in range(10):
        await asyncio.sleep(0)
    alerts.put("the last word")
    for _ in range(10):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    heard = [(act.chat_id, act.text) for act in speaker.said if isinstance(act, Say)]
    assert heard[:3] == [(1, "word 0"), (2, "word 0"), (1, "word 1")]
    assert heard[-2:] == [(1, "the last word"), (2, "the last word")]
    assert len(heard) == 2 * (MOST + 1), "a full board takes no more"
