"""Who may do what on Telegram: every command, button and link, by everybody who might try."""

from pathlib import Path
from typing import Final

import pytest
from assembly import rows
from conversation_world import ADMIN, MEMBER, OWNER, private
from raw_updates import GROUP as RAW_GROUP
from raw_updates import MYSELF, OTHER_BOT, commanded, pressed, understood
from whole_conversation import EVERYBODY, GROUP, NEIGHBOUR, OTHER, PLANTED, Whole, everything, told

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import admin, feedback, review
from bot.adapters.telegram.values import Ignored, Popup, Say

FOR_ADMINS: Final = {
    "mode": "/mode off",
    "pause": "/pause 2h",
    "resume": "/resume",
    "undo": "/undo",
    "settings": "/settings quiet 22:00-07:00 UTC",
    "phrases": "/phrases add may all be well with you",
    "status": "/status",
    "doctor": "/doctor",
    "experiment": "/experiment",
    "review": "/review",
    "stats": "/stats",
    "export": "/export",
}
FOR_OWNERS: Final = {
    "chats": "/chats",
    "model": "/model",
    "health": "/health",
    "drift": "/drift",
    "reddit": "/reddit pause lounge 2h",
}
FOR_EVERYBODY: Final = ("start", "help", "privacy", "mydata", "forget", "optout", "optin", "why")
BUTTONS_FOR_ADMINS: Final = {
    "mode": ("mode:off", "mode:2h", "mode:resume"),
    "set": ("set:menu", "set:sensitivity=keen", "set:notes=on"),
    "ph": ("ph:list:0", "ph:use:own-1", "ph:drop:own-1"),
    "ex": ("ex:agree", "ex:withdraw"),
}
OF_A_GROUP: Final = {
    "rv": ("rv:more:-1001", "rv:export:-1001", "rv:1:remove", "rv:2:negative", "rv:1:teach+"),
    "st": ("st:7:-1001",),
    "xp": ("xp:-1001",),
}
"""Buttons in private that name a group, or something of it."""
OF_A_PERSON: Final = {"fb": ("fb:1:leave_me_alone", "fb:1:not_needed", "fb:1:helped"), "me": ("me:forget",)}
LINKS: Final = ("review_more_-1001", "review_export_-1001", "export_-1001", "why_1")
ADMINS: Final = ("admin", "anonymous admin")
REFUSED: Final = {
    admin.ADMINS_ONLY,
    admin.OLD_BUTTON,
    admin.UNKNOWN,
    review.NOT_YOURS,
    feedback.UNKNOWN_REPLY,
    feedback.NOT_FOR_YOU,
    feedback.NOT_ABOUT_YOU,
}


@pytest.fixture
async def world(store: SqlStore, database: Path) -> Whole:
    made = Whole(store, database)
    await made.begin()
    return made


@pytest.fixture
async def whispering(store: SqlStore, database: Path) -> Whole:
    made = Whole(store, database, own="administrator")
    await made.begin()
    return made


def test_the_matrix_holds_every_command_button_and_link(world: Whole) -> None:
    talk = world.conversation
    assert {*FOR_ADMINS, *FOR_OWNERS, *FOR_EVERYBODY} == talk._commands.keys()
    assert {*BUTTONS_FOR_ADMINS, *OF_A_GROUP, *OF_A_PERSON} == talk._presses.keys()
    assert {link.partition("_")[0] for link in LINKS} <= talk._starts.keys()
    changing = talk._starts.keys() - {"help", "privacy", "mydata", "forget", "standing"}
    assert {link.partition("_")[0] for link in LINKS} == changing
    assert {*FOR_ADMINS, *BUTTONS_FOR_ADMINS} == talk._for_admins
    assert set(FOR_OWNERS) == talk._for_owners


async def test_a_groups_commands_are_its_admins_alone(world: Whole, subtests: pytest.Subtests) -> None:
    for name, text in FOR_ADMINS.items():
        for who, somebody in EVERYBODY.items():
            if who in ADMINS:
                continue
            with subtests.test(command=name, who=who):
                before = world.dump()
                assert await world.types(text, who=somebody, place=GROUP) == ()
                assert world.dump() == before
        for who in ADMINS:
            with subtests.test(command=name, who=who):
                assert await world.types(text, who=EVERYBODY[who], place=GROUP)


async def test_who_may_not_hears_so_alone_where_that_is_possible(whispering: Whole) -> None:
    for text in FOR_ADMINS.values():
        for who, somebody in EVERYBODY.items():
            if who in ADMINS or somebody is None:
                continue
            (said,) = await whispering.types(text, who=somebody, place=GROUP)
            assert isinstance(said, Say)
            assert (said.text, said.whisper_to) == (admin.ADMINS_ONLY, somebody.user_id)


async def test_a_groups_buttons_are_its_admins_alone(world: Whole, subtests: pytest.Subtests) -> None:
    for data in (each for several in BUTTONS_FOR_ADMINS.values() for each in several):
        for who, somebody in EVERYBODY.items():
            if who in ADMINS or somebody is None:
                continue
            with subtests.test(button=data, who=who):
                before = world.dump()
                (popup,) = await world.presses(data, who=somebody, place=GROUP)
                assert isinstance(popup, Popup)
                assert popup.text == admin.ADMINS_ONLY
                assert world.dump() == before
        with subtests.test(button=data, who="admin"):
            assert admin.ADMINS_ONLY not in told(await world.presses(data, who=ADMIN, place=GROUP))


async def test_the_operators_commands_are_the_operators_in_private(
    world: Whole, subtests: pytest.Subtests
) -> None:
    for name, text in FOR_OWNERS.items():
        before = world.dump()
        for who, somebody in EVERYBODY.items():
            with subtests.test(command=name, who=who):
                assert await world.types(text, who=somebody, place=GROUP) == ()
                if somebody is not None and somebody != OWNER:
                    assert told(await world.types(text, who=somebody, place=private(somebody))) == [
                        admin.UNKNOWN
                    ]
                assert world.dump() == before
        assert told(await world.types(text, who=OWNER, place=private(OWNER))) not in ([], [admin.UNKNOWN])


async def test_nobody_reaches_into_a_group_of_somebody_else(world: Whole, subtests: pytest.Subtests) -> None:
    buttons = [each for several in OF_A_GROUP.values() for each in several]
    buttons += OF_A_PERSON["fb"]
    strangers = {who: one for who, one in EVERYBODY.items() if one not in {None, ADMIN, MEMBER}}
    for who, somebody in strangers.items():
        assert somebody is not None
        before = world.dump()
        for place in (private(somebody), OTHER, GROUP):
            for data in buttons:
                with subtests.test(button=data, who=who, private=place.private):
                    acts = await world.presses(data, who=somebody, place=place)
                    assert told(acts)
                    assert set(told(acts)) <= REFUSED
                    assert world.dump() == before
        for link in LINKS:
            with subtests.test(link=link, who=who):
                acts = await world.types(f"/start {link}", who=somebody, place=private(somebody))
                assert set(told(acts)) <= REFUSED
                assert world.dump() == before
    assert world.erasing == 0


async def test_what_a_group_wrote_and_set_is_shown_to_nobody_else(
    world: Whole, subtests: pytest.Subtests
) -> None:
    """Everything that can be said, in one's own places; the other group's words never come back."""
    inputs = [*FOR_ADMINS.values(), *FOR_OWNERS.values(), *(f"/{name}" for name in FOR_EVERYBODY)]
    inputs += [f"/start {link}" for link in LINKS]
    for who in ("admin of another chat", "owner", "opted out"):
        somebody = EVERYBODY[who]
        assert somebody is not None
        for place in (private(somebody), OTHER):
            with subtests.test(who=who, private=place.private):
                seen = [everything(await world.types(text, who=somebody, place=place)) for text in inputs]
                assert not [each for each in PLANTED if each in "\n".join(seen)]
    page = everything(await world.types("/phrases", who=ADMIN, place=GROUP))
    card = everything(await world.presses("rv:more:-1001", who=ADMIN, place=private(ADMIN)))
    assert "rosesofthegroup" in page
    assert "grandmotherspie" in card, "the words are there for whom they are meant for"


async def test_a_neighbour_changes_nothing_of_this_group_from_their_own(world: Whole) -> None:
    before = {name: [row for row in found if "-1001" in row] for name, found in world.dump().items()}
    for text in FOR_ADMINS.values():
        assert told(await world.types(text, who=NEIGHBOUR, place=OTHER))
    for data in (each for several in BUTTONS_FOR_ADMINS.values() for each in several):
        await world.presses(data, who=NEIGHBOUR, place=OTHER)
    assert {name: [row for row in found if "-1001" in row] for name, found in world.dump().items()} == before


async def test_wishes_are_for_oneself_alone_and_an_admin_without_a_name_has_none(
    world: Whole, subtests: pytest.Subtests
) -> None:
    before = world.dump()
    for name in FOR_EVERYBODY:
        with subtests.test(command=name):
            await world.types(f"/{name}", who=None, place=GROUP)
            assert world.dump() == before
    await world.presses("me:forget", who=NEIGHBOUR, place=GROUP)
    await world.types("/optout", who=NEIGHBOUR, place=GROUP)
    hers = f"SELECT count(*) FROM decisions WHERE author = '{MEMBER.author}'"
    assert rows(world.database, hers) == [1], "only her own button forgets her"
    assert rows(world.database, f"SELECT count(*) FROM opt_outs WHERE author = '{MEMBER.author}'") == [0]
    await world.presses("me:forget", who=MEMBER, place=GROUP)
    assert rows(world.database, hers) == [0]


@pytest.mark.parametrize(
    "sender",
    [
        {"from_": OTHER_BOT},
        {"from_": MYSELF},
        {"via_bot": OTHER_BOT},
        {"sender_chat": {"id": -100777, "type": "channel", "title": "A channel"}},
        {"is_automatic_forward": True},
        {"from_": None},
    ],
    ids=["another bot", "the bot itself", "by way of a bot", "a channel", "the linked channel", "nobody"],
)
async def test_no_bot_and_no_channel_gives_a_command(sender: dict[str, object]) -> None:
    for text in (*FOR_ADMINS.values(), *FOR_OWNERS.values(), *(f"/{name}" for name in FOR_EVERYBODY)):
        assert isinstance(understood(commanded(text, chat=RAW_GROUP, **sender)), Ignored)


def test_no_bot_presses_a_button() -> None:
    for several in (*BUTTONS_FOR_ADMINS.values(), *OF_A_GROUP.values(), *OF_A_PERSON.values()):
        assert all(isinstance(understood(pressed(data, by=OTHER_BOT)), Ignored) for data in several)
