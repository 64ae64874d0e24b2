"""A chat's notice stands before anybody is read there."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from assembly import SAD
from conversation_world import ADMIN, BOT, MEMBER, World, group, person, private, texts

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.refusals import ChatSilenced
from bot.adapters.telegram.silence import SILENCED, Silence
from bot.adapters.telegram.texts import notice, sending
from bot.adapters.telegram.tidings import Tidings
from bot.adapters.telegram.values import TELEGRAM, Membership, Moved, Place, Say
from bot.adapters.telegram.whispers import whispered
from bot.application.chats import Chat
from bot.application.ports import Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.crisis import CrisisAction
from bot.domain.errors import ChannelMoved, PlatformUnavailable, RateLimited
from bot.domain.own_phrases import OwnPhrase

MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(store: SqlStore) -> World:
    return World(store)


def keep(tx: Transaction, *, chat: Chat) -> None:
    tx.keep_chat(chat)


def said(world: World) -> list[str]:
    return texts(world.speaker.said)


async def test_an_added_bot_says_what_it_does_and_watches_in_silence(world: World) -> None:
    await world.becomes("administrator")
    public, to_admin = world.speaker.said
    assert isinstance(public, Say)
    assert isinstance(to_admin, Say)
    assert (public.chat_id, to_admin.chat_id) == (group().chat_id, ADMIN.user_id)
    assert (public.whisper_to, to_admin.whisper_to) == (None, None)
    for words in ("bot", "no crisis service", "30 days", "/optout", "/privacy", "experiment", "admins"):
        assert words in public.text
    assert "note" not in public.text
    chat = await world.chat()
    assert chat is not None
    assert (chat.noticed_at, chat.shadow_since) == (world.clock.now(), world.clock.now())
    assert (chat.contact, chat.silenced) == (str(ADMIN.user_id), None)
    assert (await world.settings()).mode is Mode.SHADOW
    assert await world.reads(world.message(SAD)) == ["support"]
    assert world.speaker.posted == 1


async def test_a_redelivered_welcome_posts_nothing_twice(world: World) -> None:
    assert len(await world.becomes("administrator", update_id=10**7)) == 1
    await world.types("/mode live")
    assert await world.becomes("administrator", update_id=10**7) == ()
    assert world.speaker.posted == 1
    assert (await world.settings()).mode is Mode.LIVE


async def test_a_bot_that_stopped_behind_the_notice_still_tells_its_admin_how_things_stand(
    store: SqlStore,
) -> None:
    world = World(store, reads_all=False)
    added = Membership(update_id=10**7, place=group(), by=ADMIN, status="member", may_write=True)
    await world.conversation.membership(added)  # the notice stands; what follows was never committed
    world.conversation = world.assembled()
    acts = await world.becomes("member", update_id=10**7)
    assert [act.chat_id for act in acts if isinstance(act, Say)] == [group().chat_id, ADMIN.user_id]
    assert "/setprivacy" in texts(acts)[1]
    assert world.speaker.posted == 1, "the notice comes once"
    chat = await world.chat()
    assert chat is not None
    assert chat.contact == str(ADMIN.user_id)


async def test_the_notice_names_the_retention_and_the_notes_that_hold_here(store: SqlStore) -> None:
    settings = ChannelSettings(mode=Mode.OFF, retention=timedelta(), crisis=CrisisAction.CARD_AND_NOTE)
    world = World(store, defaults=ChannelDefaults(by_platform={TELEGRAM: settings}))
    await world.becomes("member")
    assert "are not stored" in said(world)[0]
    assert "Admins who asked for it get a note" in said(world)[0]


async def test_who_adds_it_learns_at_once_that_it_cannot_read(store: SqlStore) -> None:
    world = World(store, reads_all=False)
    await world.becomes("member")
    _, short, long = said(world)
    assert short == notice.CANNOT_READ
    assert "Administrators" in long
    assert "/setprivacy" in long
    await world.becomes("administrator")
    assert said(world)[3:] == [notice.PROMOTED]
    assert world.speaker.posted == 1


async def test_where_privacy_mode_cannot_be_asked_nothing_is_claimed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> Any:
        raise PlatformUnavailable("no net")

    monkeypatch.setattr(world, "identify", silent)
    world.conversation = world.assembled()
    await world.becomes("member")
    assert notice.CANNOT_READ not in said(world)
    assert "/setprivacy" not in "".join(said(world))


@pytest.mark.parametrize("trouble", [None, PlatformUnavailable("no net"), RateLimited(HOUR)])
async def test_where_the_notice_cannot_be_posted_nobody_is_read_and_it_is_tried_again_after_an_hour(
    world: World, trouble: Any
) -> None:
    world.speaker.mute = set() if trouble else {group().chat_id}
    world.speaker.trouble = trouble
    assert await world.reads(world.message(SAD)) == ["channel_off"]
    assert await world.reads(world.message(SAD)) == ["channel_off"]
    assert world.speaker.posted == 1
    assert world.telemetry.events == ["notice_refused"]
    assert world.judge.classifier.seen == []
    await world.clock.advance(HOUR)
    world.speaker.mute, world.speaker.trouble = set(), None
    assert await world.reads(world.message(SAD)) == ["support"]
    assert world.speaker.posted == 2


async def test_a_closed_general_topic_does_not_keep_the_notice_out(world: World) -> None:
    refused = []

    async def only_in_topics(act: Any) -> int | None:
        refused.append(act.topic_id)
        return 5 if act.topic_id else None

    world.speaker.post = only_in_topics  # type: ignore[method-assign]
    await world.reads(place=group(topic_id=3))
    assert refused == [None, 3]
    assert (await world.settings()).mode is Mode.SHADOW


async def test_the_one_who_added_a_bot_that_may_not_write_is_told(world: World) -> None:
    acts = await world.becomes("restricted", may_write=False)
    assert texts(acts) == [notice.CANNOT_WRITE]
    assert world.speaker.posted == 0
    chat = await world.chat()
    assert chat is not None
    assert (chat.silenced, chat.noticed_at) == ("restricted", None)
    assert (await world.settings()).mode is Mode.OFF
    await world.becomes("member")
    chat = await world.chat()
    assert chat is not None
    assert chat.silenced is None
    assert (await world.settings()).mode is Mode.SHADOW


async def test_a_group_first_seen_through_a_command_gets_its_notice_first(world: World) -> None:
    await world.types("/status")
    first, second = said(world)
    assert "/optout" in first
    assert second.startswith("Shadow")


async def test_the_notice_comes_again_once_a_month_and_only_where_it_is_read(world: World) -> None:
    await world.becomes("member")
    await world.clock.advance(MONTH - HOUR)
    await world.reads(world.message(SAD))
    assert world.speaker.posted == 1
    await world.types("/mode live")
    await world.clock.advance(HOUR)
    await world.reads(world.message(SAD))
    await world.reads(world.message(SAD))
    assert world.speaker.posted == 2
    again = said(world)[-1]
    assert "For now I only watch" not in again
    assert (await world.settings()).mode is Mode.LIVE
    await world.types("/mode off")
    await world.clock.advance(MONTH)
    await world.reads(world.message(SAD))
    assert world.speaker.posted == 2


async def test_a_month_old_notice_that_is_refused_leaves_the_chat_as_it_is(world: World) -> None:
    await world.becomes("member")
    await world.clock.advance(MONTH)
    world.speaker.mute = {group().chat_id}
    assert await world.reads(world.message(SAD)) == ["support"]
    assert await world.reads(world.message(SAD)) == ["support"]
    assert world.speaker.posted == 2


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_a_removed_bot_is_off_and_a_second_stay_begins_with_a_notice(world: World, status: str) -> None:
    await world.becomes("member")
    await world.types("/mode live")
    told = await world.becomes(status, may_write=False)
    assert [(act.chat_id, act.text) for act in told if isinstance(act, Say)] == [
        (ADMIN.user_id, sending.silenced("Allotment", status))
    ]
    chat = await world.chat()
    assert chat is not None
    assert (chat.silenced, chat.shadow_since) == (status, None)
    assert (await world.settings()).mode is Mode.OFF
    await world.becomes("member", by=MEMBER)
    chat = await world.chat()
    assert chat is not None
    assert (chat.silenced, chat.contact) == (None, str(MEMBER.user_id))
    assert SILENCED not in chat.told
    assert (await world.settings()).mode is Mode.SHADOW
    assert world.speaker.posted == 2


async def test_a_promotion_makes_unknown_that_no_whisper_is_taken(world: World) -> None:
    await world.becomes("member")
    chat = await world.chat()
    assert chat is not None
    assert chat.whispers is False
    assert texts(await world.becomes("administrator")) == [notice.PROMOTED]
    chat = await world.chat()
    assert chat is not None
    assert chat.whispers is None
    assert world.rights.forgotten == [group().chat_id] * 2
    assert world.speaker.posted == 1


async def test_where_whispers_worked_no_change_of_rights_makes_replies_public(world: World) -> None:
    await world.becomes("administrator")
    chat = await world.chat()
    assert chat is not None
    await world.store.transact(partial(keep, chat=replace(chat, whispers=True)))
    for status in ("member", "administrator", "member"):
        assert await world.becomes(status) == ()
        chat = await world.chat()
        assert chat is not None
        assert chat.whispers is True
        assert whispered(None, chat, asked_at=world.clock.now() + HOUR)


async def test_a_bot_that_may_not_write_any_more_is_off_and_its_contact_hears_of_it_once(
    world: World,
) -> None:
    await world.becomes("member")
    await world.types("/mode live")
    told = await world.becomes("restricted", may_write=False, by=MEMBER)
    assert [(act.chat_id, act.text) for act in told if isinstance(act, Say)] == [
        (ADMIN.user_id, sending.silenced("Allotment", "restricted"))
    ]
    assert (await world.settings()).mode is Mode.OFF
    for status in ("restricted", "kicked"):
        assert await world.becomes(status, may_write=False) == ()
    await world.becomes("member")
    assert (await world.settings()).mode is not Mode.LIVE


async def test_whoever_was_told_when_adding_it_that_it_may_not_write_is_not_told_again(world: World) -> None:
    await world.becomes("restricted", may_write=False)
    assert await world.becomes("kicked", may_write=False) == ()


async def test_a_restriction_that_sending_met_first_is_told_once(world: World) -> None:
    await world.becomes("member")
    tidings = Tidings()
    silence = Silence(store=world.store, tidings=tidings, clock=world.clock, telemetry=world.telemetry)
    chat = await world.chat()
    assert chat is not None
    await world.store.transact(partial(keep, chat=replace(chat, silenced="restricted")))
    for _ in range(2):
        await silence.fell(group().key, ChatSilenced("no right to write"), private=False)
    assert tidings._waiting.get_nowait().to == str(ADMIN.user_id)
    assert tidings._waiting.empty(), "it goes by who was told, not by what stands there"
    assert await world.becomes("restricted", may_write=False) == ()


async def test_an_admin_who_turns_it_on_after_a_silence_ends_the_silence(world: World) -> None:
    await world.becomes("member")
    silence = Silence(store=world.store, tidings=Tidings(), clock=world.clock, telemetry=world.telemetry)
    for word, silenced in (("off", "no right to write"), ("live", None), ("shadow", None)):
        await silence.fell(group().key, ChatSilenced("no right to write"), private=False)
        await world.types(f"/mode {word}")
        chat = await world.chat()
        assert chat is not None
        assert (chat.silenced, SILENCED in chat.told) == (silenced, silenced is not None)


async def test_a_blocked_private_chat_is_off_and_waits_for_start(world: World) -> None:
    place = private(MEMBER)
    await world.becomes("kicked", place=place, by=MEMBER, may_write=False)
    assert (await world.settings(place)).mode is Mode.OFF
    await world.becomes("member", place=place, by=MEMBER)
    chat = await world.chat(place)
    assert chat is not None
    assert (chat.silenced, chat.noticed_at) == (None, None)
    assert (await world.settings(place)).mode is Mode.OFF
    assert world.speaker.posted == 0


async def test_a_private_chat_gets_no_notice_of_the_group_kind(world: World) -> None:
    await world.reads(place=private(MEMBER))
    assert world.speaker.posted == 0


async def test_a_group_that_moves_keeps_its_settings_phrases_and_notice(world: World) -> None:
    await world.becomes("member")
    await world.types("/mode live")
    await world.types("/settings quiet 22:00-07:00 Europe/London")
    await world.types("/phrases add That sounds heavy.")
    new = group(-1002)
    effect = await world.conversation.moved(Moved(update_id=1, place=group(), new_chat_id=new.chat_id))
    for _ in range(2):
        await world.store.transact(effect)
    settings = await world.settings(new)
    assert settings.mode is Mode.LIVE
    assert settings.quiet_hours is not None
    own = await world.store.read(lambda queries: queries.own_phrases([group().key, new.key]))
    assert [*own] == [new.key]
    assert [*map(type, own[new.key])] == [OwnPhrase]
    assert await world.chat() is None
    assert await world.reads(place=new) == []
    assert world.speaker.posted == 1


async def the_move(world: World, new: Place) -> None:
    """Telegram tells of it, once."""
    effect = await world.conversation.moved(Moved(update_id=1, place=group(), new_chat_id=new.chat_id))
    await world.store.transact(effect)


async def a_live_group(world: World) -> None:
    """With settings and a contact that would be missed."""
    await world.becomes("administrator")
    await world.types("/mode live")
    await world.types("/settings quiet 22:00-07:00 Europe/London")
    await world.types("/phrases add That sounds heavy.")
    await world.clock.advance(HOUR)


async def is_as_it_was(world: World, place: Place) -> None:
    settings, chat = await world.settings(place), await world.chat(place)
    assert settings.mode is Mode.LIVE
    assert settings.quiet_hours is not None
    assert chat is not None
    assert (chat.contact, chat.silenced) == (str(ADMIN.user_id), None)
    own = await world.store.read(lambda queries: queries.own_phrases([group().key, place.key]))
    assert [*own] == [place.key]
    assert await world.chat() is None


async def test_a_message_that_was_queued_when_the_sender_learned_of_a_move_costs_no_setting(
    world: World,
) -> None:
    new = group(-1002)
    await a_live_group(world)
    silence = Silence(store=world.store, tidings=Tidings(), clock=world.clock, telemetry=world.telemetry)
    await silence.moved(group().key, ChannelMoved("upgraded", migrate_to_chat_id=new.chat_id))
    await world.reads(world.message(SAD))
    assert await world.chat() is not None, "a fresh chat under the old id"
    for _ in range(2):
        await the_move(world, new)
    await is_as_it_was(world, new)


async def test_leaving_the_old_chat_between_two_words_of_a_move_costs_no_setting(world: World) -> None:
    new = group(-1002)
    await a_live_group(world)
    await the_move(world, new)
    await world.becomes("left", may_write=False)
    assert await world.chat() is not None
    await the_move(world, new)
    await is_as_it_was(world, new)


async def test_what_was_learned_of_whispers_under_the_old_id_costs_no_setting(world: World) -> None:
    new = group(-1002)
    await a_live_group(world)
    await the_move(world, new)
    await world.store.transact(lambda tx: tx.keep_chat(Chat(key=group().key, private=False, whispers=True)))
    await the_move(world, new)
    await is_as_it_was(world, new)


async def test_a_move_that_is_told_after_the_new_chat_was_met_brings_the_settings_along(world: World) -> None:
    new = group(-1002)
    await a_live_group(world)
    await world.reads(place=new)
    assert (await world.settings(new)).mode is Mode.SHADOW
    for _ in range(2):
        await the_move(world, new)
    await is_as_it_was(world, new)


async def test_nothing_of_a_person_is_in_what_was_stored_but_the_contact(world: World) -> None:
    await world.becomes("member", by=person(77))
    chat = await world.chat()
    assert chat is not None
    assert "77" not in repr(chat)
    assert BOT not in repr(chat)
