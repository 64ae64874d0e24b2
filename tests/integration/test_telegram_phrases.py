"""A chat's own phrases: written with a preview, chosen beside the book's, kept out when muted."""

from typing import Any

import pytest
from assembly import SAD, rows
from conversation_world import ADMIN, World, group, private, texts

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.texts import admin, phrases
from bot.adapters.telegram.values import Edit, Popup, Say
from bot.domain.own_phrases import MOST
from bot.domain.phrases import EMOTIONS, GENERAL

OTHER = group(-2002)


@pytest.fixture
async def world(store: SqlStore) -> World:
    made = World(store)
    await made.becomes("member")
    return made


async def own(world: World) -> dict[str, bool]:
    """Ids of what this group changed, and whether they are muted."""
    key = group().key
    found = await world.store.read(lambda queries: queries.own_phrases([key]))
    return {each.id: each.muted for each in found.get(key, ())}


async def test_a_phrase_is_shown_before_it_is_used_with_what_the_rules_say(world: World) -> None:
    (preview,) = await world.types("/phrases add sadness, grief: I am so sorry!")
    assert isinstance(preview, Say)
    assert "I am so sorry!" in preview.text
    assert "grief, sadness" in preview.text
    assert "has an exclamation mark" in preview.text
    assert "speaks in the first person" in preview.text
    use, drop = preview.keyboard[0]
    assert (use.data, drop.data) == ("ph:use:own-1", "ph:drop:own-1")
    assert await own(world) == {"own-1": True}
    popup, edit = await world.presses("ph:use:own-1")
    assert isinstance(popup, Popup)
    assert isinstance(edit, Edit)
    assert not edit.keyboard
    assert await own(world) == {"own-1": False}
    assert [type(act) for act in await world.presses("ph:use:own-1")] == [Popup], "only once"
    await world.types("/phrases add Ugh: that sounds hard.")
    await world.presses("ph:drop:own-2")
    assert await own(world) == {"own-1": False}
    assert [type(act) for act in await world.presses("ph:drop:own-1")] == [Popup], "it is in use"


async def test_a_phrase_that_breaks_no_rule_carries_no_warning(world: World) -> None:
    (preview,) = texts(await world.types("/phrases add That sounds heavy."))
    assert phrases.warnings(["x"]).splitlines()[0] not in preview
    assert phrases.ANY_FEELING in preview


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/phrases add " + "a" * 161, "is longer than 160 characters"),
        ("/phrases add ...", "has no words"),
        ("/phrases mute own-1", "does not exist"),
        ("/phrases edit own-1 That sounds hard.", "does not exist"),
        ("/phrases edit sad-painful", "has no words"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(world: World, text: str, why: str) -> None:
    (said,) = texts(await world.types(text))
    assert said.startswith("This phrase ")
    assert why in said
    assert await own(world) == {}


async def test_the_last_phrase_that_fits_everybody_stays(world: World) -> None:
    general = [phrase.id for phrase in world.book.pool(GENERAL, private=False)]
    for name in general[:-1]:
        await world.types(f"/phrases mute {name}")
    (said,) = texts(await world.types(f"/phrases mute {general[-1]}"))
    assert "one has to stay" in said


async def test_changed_words_make_a_new_phrase_that_takes_the_place_of_the_old(world: World) -> None:
    await world.types("/phrases add sadness: That sounds heavy.")
    await world.presses("ph:use:own-1")
    (preview,) = await world.types("/phrases edit own-1 That sounds hard.")
    assert isinstance(preview, Say)
    assert preview.keyboard[0][0].data == "ph:use:own-2:own-1"
    assert await own(world) == {"own-1": False, "own-2": True}
    await world.presses("ph:use:own-2:own-1")
    assert await own(world) == {"own-1": True, "own-2": False}
    await world.types("/phrases edit SAD-PAINFUL That sounds sore.")
    await world.presses("ph:use:own-3:sad-painful")
    assert await own(world) == {"own-1": True, "own-2": False, "own-3": False, "sad-painful": True}
    await world.types("/phrases unmute sad-painful")
    await world.types("/phrases unmute own-1")
    assert await own(world) == {"own-1": False, "own-2": False, "own-3": False}


async def test_the_list_shows_every_phrase_on_pages_that_fit(world: World) -> None:
    for number in range(MOST):
        text = f"{number:02d} " + "w" * 157
        assert await world.types(f"/phrases add {text}")
    assert texts(await world.types("/phrases add One more.")) == [phrases.NO_MORE]
    await world.types("/phrases mute sad-painful")
    acts: Any = await world.types("/phrases list")
    seen, pages = "", 0
    while True:
        (page,) = [act for act in acts if isinstance(act, Say | Edit)]
        assert len(page.text) <= 4096
        seen, pages = seen + page.text, pages + 1
        forward = [b.data or "" for row in page.keyboard for b in row if b.text == phrases.NEXT]
        if not forward:
            break
        acts = await world.presses(forward[0])
    assert pages == -(-(len(world.book.phrases) + MOST) // 12)
    assert all(phrase.text in seen for phrase in world.book.phrases)
    assert seen.count(phrases.MUTED_MARK) == MOST + 1
    assert texts(await world.presses("ph:list:999"))[0].startswith("Phrases here")


@pytest.mark.parametrize("data", ["ph:list:x", "ph:use", "ph:use:own-1", "ph:drop:", "ph:", "ph:eat:own-1"])
async def test_a_button_of_another_time_does_nothing(world: World, data: str) -> None:
    (popup,) = await world.presses(data)
    assert isinstance(popup, Popup)
    assert popup.text == admin.OLD_BUTTON


async def test_every_button_of_a_phrase_fits_into_64_bytes(world: World) -> None:
    for phrase in world.book.phrases:
        assert len(f"ph:use:own-{MOST}:{phrase.id}".encode()) <= 64


async def test_a_chat_says_its_own_phrase_where_the_rest_is_muted_and_another_chat_never(
    world: World, database: Any
) -> None:
    await world.becomes("member", place=OTHER)
    await world.types(f"/phrases add {', '.join(sorted(EMOTIONS))}: That sounds heavy.")
    await world.presses("ph:use:own-1")
    for phrase in world.book.phrases:
        await world.types(f"/phrases mute {phrase.id}")
    await world.reads(world.message(SAD))
    await world.reads(world.message(SAD, place=OTHER), place=OTHER)
    said = rows(database, "SELECT channel_id, phrase_id, text, pool_version FROM replies ORDER BY id")
    (here, ours, text, version), (there, theirs, _, plain) = said
    assert (here, ours, there) == (group().channel_id, "own-1", OTHER.channel_id)
    assert text.startswith("That sounds heavy.")
    assert theirs in {phrase.id for phrase in world.book.phrases}
    assert (version.split("+")[0], plain) == (world.book.version, world.book.version)
    assert version != plain


async def test_a_private_chat_has_phrases_of_its_own(world: World) -> None:
    place = private(ADMIN)
    await world.types("/phrases add That sounds heavy.", place=place)
    assert await own(world) == {}
    found = await world.store.read(lambda queries: queries.own_phrases([place.key, group().key]))
    assert [*found] == [place.key]
