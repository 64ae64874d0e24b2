"""What admins, members and the operator can do in a conversation, and what they see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from assembly import FINE, SAD, rows
from conversation_world import ADMIN, BOT, MEMBER, OWNER, World, group, private, texts

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.menus import menu_calls
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.texts import admin, notice, settings
from bot.adapters.telegram.values import Act, Command, Edit, Effect, Popup, Press, Remove, Say, nothing
from bot.domain.channels import Answer, Mode
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.errors import StoreError
from bot.domain.replies import ReplyState, Settlement

GROUP_COMMANDS = (
    "mode",
    "pause 2h",
    "resume",
    "undo",
    "settings",
    "phrases",
    "status",
    "doctor",
    "experiment",
)
OWNER_COMMANDS = ("chats", "model", "health", "drift")
OTHER = group(-2002)


@pytest.fixture
async def world(store: SqlStore) -> World:
    made = World(store)
    await made.becomes("member")
    await made.becomes("member", place=OTHER)
    made.speaker.said.clear()
    return made


def keys(acts: Sequence[Act]) -> list[str]:
    found = [act.keyboard for act in acts if isinstance(act, Say | Edit)]
    return [button.data or "" for button in chain.from_iterable(chain.from_iterable(found))]


def popups(acts: Sequence[Act]) -> list[str]:
    return [act.text for act in acts if isinstance(act, Popup)]


@pytest.mark.parametrize("text", GROUP_COMMANDS)
async def test_admins_are_answered_in_the_group_anonymous_ones_too_and_members_are_met_with_silence(
    world: World, text: str
) -> None:
    for who in (ADMIN, None):
        acts = await world.types(f"/{text}", who=who)
        assert [act.chat_id for act in acts if isinstance(act, Say)] == [group().chat_id]
        assert [act.whisper_to for act in acts if isinstance(act, Say)] == [None]
    assert await world.types(f"/{text}", who=MEMBER) == ()


async def test_where_a_whisper_is_possible_a_member_is_told_that_this_is_for_admins(world: World) -> None:
    world.rights.own = "administrator"
    await world.becomes("administrator")
    (said,) = await world.types("/mode live", who=MEMBER)
    assert isinstance(said, Say)
    assert (said.text, said.whisper_to) == (admin.ADMINS_ONLY, MEMBER.user_id)
    assert (await world.settings()).mode is Mode.SHADOW


async def test_a_command_that_only_its_author_sees_is_answered_in_the_same_way(world: World) -> None:
    (said,) = await world.types("/status", ephemeral_id=5)
    assert isinstance(said, Say)
    assert said.whisper_to == ADMIN.user_id
    popup, edit = await world.presses("set:menu", ephemeral_id=6)
    assert isinstance(popup, Popup)
    assert isinstance(edit, Edit)
    assert (edit.message_id, edit.whisper_to) == (6, ADMIN.user_id)


@pytest.mark.parametrize(
    "text", ["/nonsense", "/mode loud", "/pause", "/pause 0h", "/settings quiet 25:00-07:00"]
)
async def test_what_is_not_understood_gets_a_line_in_private_and_silence_in_a_group(
    world: World, text: str
) -> None:
    assert await world.types(text) == ()
    acts = await world.types(text, who=MEMBER, place=private(MEMBER))
    assert len(texts(acts)) == 1


async def test_a_mode_holds_at_once_and_two_groups_differ(world: World) -> None:
    await world.types("/mode live")
    await world.types("/mode off", place=OTHER)
    assert [(await world.settings(place)).mode for place in (group(), OTHER)] == [Mode.LIVE, Mode.OFF]
    assert await world.reads(world.message(SAD)) == ["support"]
    assert await world.reads(world.message(SAD, place=OTHER), place=OTHER) == ["channel_off"]


async def test_beside_a_mode_stands_what_it_would_have_said_with_examples_for_the_admin_alone(
    world: World, database: Any
) -> None:
    await world.reads(*(world.message(text) for text in (SAD, FINE, f"{SAD} again", "crisis", f"{FINE} too")))
    await world.clock.advance(timedelta(days=2))
    (shown,) = texts(await world.types("/mode"))
    assert "5 messages read" in shown
    assert "answered 2 times, about 1.0 a day" in shown
    assert "crisis" not in shown
    public, examples = await world.types("/mode live")
    assert isinstance(public, Say)
    assert isinstance(examples, Say)
    assert "answered 2 times" in public.text
    assert SAD not in public.text
    assert examples.chat_id == ADMIN.user_id
    told = examples.text.split("\n\n")[1:]
    assert told == [f"answer: {SAD}", f"silence: {FINE}", f"answer: {SAD} again", f"silence: {FINE} too"]
    for author in rows(database, "SELECT author FROM decisions"):
        assert author not in examples.text
    assert len(texts(await world.types("/mode shadow"))) == 1, "the shadow is told of once"


async def test_examples_leave_out_who_opted_out_and_an_anonymous_admin_gets_none(world: World) -> None:
    message = world.message(SAD)
    await world.reads(message, world.message(FINE))
    author = message.author
    assert author is not None
    await world.store.transact(lambda tx: tx.opt_out(author, at=world.clock.now()))
    assert len(await world.types("/mode shadow", who=None)) == 1
    _, examples = await world.types("/mode shadow")
    assert isinstance(examples, Say)
    assert examples.text.count("answer:") == 0
    assert examples.text.count("silence:") == 1


async def test_no_more_answered_examples_are_shown_than_others(world: World) -> None:
    await world.reads(*(world.message(f"{SAD} {word}") for word in ("one", "two")))
    assert len(await world.types("/mode shadow")) == 1, "two sad people would be a list of them"
    await world.reads(world.message(FINE))
    _, examples = await world.types("/mode shadow")
    assert isinstance(examples, Say)
    assert (examples.text.count("answer:"), examples.text.count("silence:")) == (1, 1)
    assert f"{SAD} two" in examples.text


async def test_the_buttons_of_mode_switch_pause_and_resume(world: World) -> None:
    assert keys(await world.types("/mode")) == ["mode:live", "mode:off", "mode:2h", "mode:8h"]
    popup, edit, *_ = await world.presses("mode:live")
    assert isinstance(popup, Popup)
    assert keys([edit]) == ["mode:shadow", "mode:off", "mode:2h", "mode:8h"]
    acts = await world.presses("mode:2h")
    assert keys(acts) == ["mode:shadow", "mode:off", "mode:resume"]
    assert await world.reads(world.message(SAD)) == ["paused"]
    await world.presses("mode:resume")
    assert await world.reads(world.message(SAD)) == ["support"]


async def test_a_pause_ends_by_itself(world: World) -> None:
    await world.types("/mode live")
    await world.types("/pause 90 min")
    assert await world.reads(world.message(SAD)) == ["paused"]
    await world.clock.advance(timedelta(minutes=90))
    assert await world.reads(world.message(SAD)) == ["support"]
    assert texts(await world.types("/resume")) == [admin.NOT_PAUSED]


async def test_a_private_chat_is_switched_on_by_start_alone(world: World) -> None:
    place = private(MEMBER)
    assert texts(await world.types("/mode live", who=MEMBER, place=place)) == [admin.FIRST_START]
    assert (await world.settings(place)).mode is Mode.OFF


async def test_a_redelivered_command_does_nothing_twice(world: World) -> None:
    first = await world.types("/mode live", update_id=10**6)
    await world.types("/mode off")
    assert first
    assert await world.types("/mode live", update_id=10**6) == ()
    assert (await world.settings()).mode is Mode.OFF


async def answered(world: World, sent_message_id: str) -> None:
    """Somebody is answered, and the reply stands there under that id."""
    await world.reads(world.message(SAD))
    due = await world.store.read(lambda q: q.due("telegram:1", now=world.clock.now(), limit=9))

    def send(tx: Any) -> None:
        claim = tx.claim([each.id for each in due], run_id="r", now=world.clock.now(), speaks=lambda *_: True)
        tx.settle(
            [
                Settlement(
                    reply=reply,
                    state=ReplyState.SENT,
                    at=world.clock.now(),
                    sent_message_id=sent_message_id,
                )
                for reply in claim.going
            ]
        )

    await world.store.transact(send)


async def test_undo_takes_away_the_last_reply_then_the_one_before_or_the_one_replied_to(world: World) -> None:
    await world.types("/mode live")
    for number in ("501", "502", "503"):
        await answered(world, number)
    gone = [await world.types("/undo", answers=501), await world.types("/undo"), await world.types("/undo")]
    assert [act.message_id for acts in gone for act in acts if isinstance(act, Remove)] == [501, 503, 502]
    assert texts(await world.types("/undo")) == [admin.NOTHING_TO_UNDO]
    assert texts(await world.types("/undo", place=OTHER)) == [admin.NOTHING_TO_UNDO]
    (other,) = await world.types("/undo", answers=77)
    assert isinstance(other, Remove), "another message of the bot's can go too"
    assert other.instead == admin.REMOVED


async def test_undo_tells_nobody_that_somebody_was_whispered_to(world: World) -> None:
    await world.types("/mode live")
    await answered(world, "e9")
    assert texts(await world.types("/undo")) == [admin.NOTHING_TO_UNDO]
    await answered(world, "501")
    await answered(world, "e10")
    (gone,) = await world.types("/undo")
    assert isinstance(gone, Remove)
    assert (gone.message_id, gone.whisper_to) == (501, None), "the last one that all can see"


async def test_a_whisper_is_taken_away_where_the_one_who_sees_it_replies_to_it(
    world: World, database: Any
) -> None:
    await world.types("/mode live")
    await answered(world, "501")
    await answered(world, "e9")
    (gone,) = await world.types("/undo", answers_ephemeral=9)
    assert gone == Remove(
        chat_id=group().chat_id, message_id=9, instead=admin.REMOVED, whisper_to=ADMIN.user_id
    )
    assert rows(database, "SELECT sent_message_id FROM replies WHERE detail IS NOT NULL") == ["e9"]
    assert texts(await world.types("/undo", who=None, answers_ephemeral=9)) == [admin.NOTHING_TO_UNDO]


async def test_examples_show_no_names_and_no_links(world: World) -> None:
    await world.reads(world.message(f"{SAD} @somebody"), world.message(f"{FINE} https://example.org/me"))
    _, examples = await world.types("/mode live")
    assert isinstance(examples, Say)
    assert examples.text.split("\n\n")[1:] == [f"answer: {SAD} [NAME]", f"silence: {FINE} [LINK]"]


WALK: Mapping[str, tuple[str, object]] = {
    "set:reply_when=distress": ("reply_when", ReplyWhen.DISTRESS),
    "set:sensitivity=careful": ("sensitivity", Sensitivity.CAREFUL),
    "set:answer=public": ("answer", Answer.PUBLIC),
    "set:answer=auto": ("answer", None),
    "set:author_cooldown=43200": ("author_cooldown", timedelta(hours=12)),
    "set:thread_cap=off": ("thread_cap", None),
    "set:chat_pace=12": ("chat_pace", 12),
    "set:language_filter=off": ("language_filter", False),
    "set:crisis=silence": ("crisis", CrisisAction.SILENCE),
    "set:retention=0": ("retention", timedelta()),
}


async def test_the_keyboard_walks_through_every_setting_and_each_choice_holds_in_this_group_alone(
    world: World,
) -> None:
    menu = keys(await world.types("/settings"))
    before = await world.settings(OTHER)
    assert menu[-1] == "set:done"
    offered = {data: keys(await world.presses(data)) for data in menu[:-1]}
    every = set(chain.from_iterable(offered.values()))
    assert all(choices[-1] == "set:menu" for choices in offered.values())
    assert WALK.keys() <= every
    for data, (name, value) in WALK.items():
        acts = await world.presses(data)
        assert isinstance(acts[0], Popup)
        assert acts[0].text == settings.SAVED
        assert getattr(await world.settings(), name) == value
    for data in every - WALK.keys():
        acts = await world.presses(data)
        assert not {admin.OLD_BUTTON, ""} & {act.text for act in acts if isinstance(act, Edit)}
    assert await world.settings(OTHER) == before
    assert all(len(data.encode()) <= 64 for data in every | set(menu))
    assert keys(await world.presses("set:done")) == []


async def test_the_settings_show_the_number_behind_the_sensitivity_and_the_operators_region(
    world: World,
) -> None:
    world.judge.classifier.thresholds[ReplyWhen.NEGATIVE][Sensitivity.KEEN] = 0.4385  # type: ignore[index]
    await world.presses("set:sensitivity=keen")
    (text,) = texts(await world.types("/settings"))
    assert "keen, often wrong (from 0.44)" in text
    assert "GB" in text


async def test_quiet_hours_can_be_typed_and_ended_and_keep_their_zone(world: World) -> None:
    (said,) = texts(await world.types("/settings quiet 22:30-7:00 europe/london"))
    assert said == "Quiet hours: 22:30 to 07:00, Europe/London"
    await world.presses("set:quiet_hours=23:00-08:00")
    hours = (await world.settings()).quiet_hours
    assert hours is not None
    assert (hours.start.hour, hours.end.hour, hours.zone) == (23, 8, "Europe/London")
    await world.types("/settings quiet off")
    assert (await world.settings()).quiet_hours is None


async def test_the_group_hears_of_what_its_notice_did_not_say(world: World) -> None:
    *_, told = await world.presses("set:retention=86400")
    assert isinstance(told, Say)
    assert (told.chat_id, told.whisper_to) == (group().chat_id, None)
    assert "1 day" in told.text or "24 hours" in told.text
    assert len(await world.presses("set:retention=86400")) == 2, "no change, nothing to tell"
    assert texts(await world.presses("set:crisis=card+note"))[1:] == [notice.NOTES_ON]
    assert texts(await world.presses("set:crisis=silence+note"))[1:] == []
    assert texts(await world.presses("set:crisis=silence"))[1:] == [notice.NOTES_OFF]


async def test_an_admin_asks_for_notes_for_themselves(world: World) -> None:
    world.rights.admins.add(MEMBER.user_id)
    for who in (ADMIN, MEMBER, ADMIN):
        await world.presses("set:notes=on", who=who)
    chat = await world.chat()
    assert chat is not None
    assert sorted(chat.notes_to) == [str(ADMIN.user_id), str(MEMBER.user_id)]
    await world.presses("set:notes=off")
    chat = await world.chat()
    assert chat is not None
    assert chat.notes_to == (str(MEMBER.user_id),)


async def test_a_private_chat_has_the_settings_that_make_sense_there(world: World) -> None:
    place = private(MEMBER)
    menu = keys(await world.types("/settings", who=MEMBER, place=place))
    assert "set:answer" not in menu
    assert "set:notes" not in menu
    assert "set:crisis=card+note" not in keys(await world.presses("set:crisis", who=MEMBER, place=place))
    acts = await world.presses("set:retention=0", who=MEMBER, place=place)
    assert len(texts(acts)) == 1


@pytest.mark.parametrize(
    "data", ["set:mode=live", "set:thread_cap=99", "set:", "mode:loud", "mode:99d", "ex:", "gone:1"]
)
async def test_a_button_of_another_time_does_nothing(world: World, data: str) -> None:
    before = await world.settings()
    assert popups(await world.presses(data)) == [admin.OLD_BUTTON]
    assert await world.settings() == before


async def test_a_member_who_presses_an_admins_button_is_told_so(world: World) -> None:
    (popup,) = await world.presses("set:thread_cap=1", who=MEMBER)
    assert isinstance(popup, Popup)
    assert popup.text == admin.ADMINS_ONLY
    assert (await world.settings()).thread_cap == 3


async def test_status_shows_rights_privacy_mode_and_todays_counts(world: World) -> None:
    await world.reads(world.message(SAD), world.message(FINE))
    (text,) = texts(await world.types("/status"))
    assert "Shadow" in text
    assert "I am a member. Every message reaches me." in text
    assert "2 messages read, 0 answered, 1 would have been answered" in text
    world.reads_all = False
    (text,) = texts(await world.types("/status"))
    assert "Privacy mode is on" in text
    await world.types("/pause 2 h")
    (text,) = texts(await world.types("/status"))
    assert "I pause until 23 November 2026, 14:00 UTC" in text


async def test_doctor_says_what_is_wrong_and_what_to_do(world: World) -> None:
    world.reads_all, world.skew = False, timedelta(seconds=9)
    (text,) = texts(await world.types("/doctor"))
    for words in ("Administrators", "/setprivacy", "differ by 9 seconds", "As an administrator", "48 hours"):
        assert words in text
    world.rights.own, world.skew = "administrator", timedelta(seconds=-0.2)
    chat = await world.chat()
    assert chat is not None
    await world.store.transact(lambda tx: tx.keep_chat(replace(chat, whispers=False)))
    (text,) = texts(await world.types("/doctor"))
    assert "Whispers: I cannot make them here, so my answers are public." in text
    assert "right to 0.2 s" in text
    assert "/setprivacy" not in text
    await world.presses("set:answer=whisper")
    (text,) = texts(await world.types("/doctor"))
    assert "until then I say nothing to anybody" in text


async def test_consent_to_an_experiment_is_kept_and_can_be_withdrawn(world: World) -> None:
    assert keys(await world.types("/experiment")) == ["ex:agree"]
    assert keys(await world.presses("ex:agree")) == ["ex:withdraw"]
    chat = await world.chat()
    assert chat is not None
    assert chat.experiment_consent_at == world.clock.now()
    await world.presses("ex:withdraw")
    chat = await world.chat()
    assert chat is not None
    assert chat.experiment_consent_at is None


async def test_only_the_operator_knows_of_the_operators_commands_and_only_in_private(world: World) -> None:
    await world.reads(world.message(SAD))
    for text in OWNER_COMMANDS:
        acts = await world.types(f"/{text}", who=OWNER, place=private(OWNER))
        assert len(texts(acts)) == 1
        assert texts(acts) != [admin.UNKNOWN]
        assert await world.types(f"/{text}", who=OWNER) == ()
        assert texts(await world.types(f"/{text}", who=MEMBER, place=private(MEMBER))) == [admin.UNKNOWN]
    (listed,) = texts(await world.types("/chats", who=OWNER, place=private(OWNER)))
    assert "2 groups (2 shadow), 0 private chats" in listed
    assert f"{group().channel_id}: shadow, 1 seen, 0 answered" in listed
    assert group().title not in listed


async def test_a_thousand_groups_fit_into_one_message(world: World) -> None:
    for number in range(60):
        await world.becomes("member", place=group(-(10**12) - number))
    (listed,) = texts(await world.types("/chats", who=OWNER, place=private(OWNER)))
    assert len(listed) <= 4096
    assert "and 22 more" in listed


class Clumsy:
    """A part whose handlers fail in the ways that handlers do."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.heard: list[str] = []
        self.commands: Mapping[str, OnCommand] = {"fall": self._fall, "start": self._start}
        self.presses: Mapping[str, OnPress] = {"fall": self._fall, "many": self._many}
        self.starts: Mapping[str, OnCommand] = {"why": self._start}
        self.for_admins = ()
        self.for_owners = ()

    async def _fall(self, asked: Command | Press) -> Effect:
        del asked
        raise self.error

    async def _start(self, command: Command) -> Effect:
        self.heard.append(command.arguments)
        return nothing

    async def _many(self, press: Press) -> Effect:
        popups = [Popup(press_id=press.press_id, text=text) for text in ("one", "two")]
        return lambda _: (Say(chat_id=1, text="x"), *popups)


async def test_a_broken_handler_is_told_to_the_log_and_its_button_stops_turning(store: SqlStore) -> None:
    world = World(store, more=[Clumsy(ZeroDivisionError("x"))])
    assert await world.types("/fall") == ()
    acts = await world.presses("fall:1")
    assert (popups(acts), len(acts)) == ([""], 1)
    assert world.telemetry.events == ["conversation_failed"] * 2
    acts = await world.presses("many:1")
    assert (popups(acts), texts(acts)) == (["one"], ["x"])


async def test_a_database_that_fails_is_not_taken_for_a_broken_handler(store: SqlStore) -> None:
    world = World(store, more=[Clumsy(StoreError("full"))])
    for asked in (world.types("/fall"), world.presses("fall:1")):
        with pytest.raises(StoreError):
            await asked


async def test_a_deep_link_reaches_its_part_with_the_rest_of_its_payload(store: SqlStore) -> None:
    part = Clumsy(ZeroDivisionError())
    world = World(store, more=[part])
    for text in ("/start why_12_x", "/start why", "/start else_1", "/start"):
        await world.types(text, who=MEMBER, place=private(MEMBER))
    await world.types("/start why_12")
    assert part.heard == ["12_x", "", "else_1", "", "why_12"]


async def test_two_parts_cannot_answer_the_same_command(store: SqlStore) -> None:
    part = Clumsy(ZeroDivisionError())
    with pytest.raises(ValueError, match="two parts of the conversation answer"):
        World(store, more=[part, part])


async def test_a_personal_matter_is_whispered_or_linked_and_never_said_in_the_group(world: World) -> None:
    command = Command(update_id=1, place=group(), person=MEMBER, name="mydata", message_id=1)

    async def way(asked: Command) -> Say:
        answers = await Answers.to(asked, rights=world.rights, bot=BOT)
        return await world.store.read(lambda q: answers.personal(q, "secret", start="mydata"))

    linked = await way(command)
    assert (linked.text, linked.keyboard[0][0].url) == (notice.IN_PRIVATE, deep_link(BOT, "mydata"))
    assert (await way(replace(command, person=None))).text == notice.IN_PRIVATE
    assert (await way(replace(command, ephemeral_id=4))).whisper_to == MEMBER.user_id
    world.rights.own = "administrator"
    await world.becomes("administrator")
    whispered = await way(command)
    assert (whispered.text, whispered.whisper_to) == ("secret", MEMBER.user_id)
    chat = await world.chat()
    assert chat is not None
    await world.store.transact(lambda tx: tx.keep_chat(replace(chat, whispers=False)))
    assert (await way(command)).text == notice.IN_PRIVATE
    alone = await way(replace(command, place=private(MEMBER)))
    assert (alone.text, alone.chat_id, alone.whisper_to) == ("secret", MEMBER.user_id, None)


def test_menus_keep_telegrams_limits_and_say_which_commands_are_for_one_person() -> None:
    calls = menu_calls(owners={9, 3})
    scopes = [call.parameters["scope"] for call in calls]
    assert [scope["type"] for scope in scopes][:4] == [
        "default",
        "all_group_chats",
        "all_chat_administrators",
        "all_private_chats",
    ]
    assert scopes[4:] == [{"type": "chat", "chat_id": 3}, {"type": "chat", "chat_id": 9}]
    for call in calls:
        commands = call.parameters["commands"]
        names = [each["command"] for each in commands]
        assert len(set(names)) == len(names) <= 100
        assert all(1 <= len(each["description"]) <= 256 for each in commands)
        assert all(name.isascii() and name.islower() and len(name) <= 32 for name in names)
    assert [each["command"] for each in calls[1].parameters["commands"] if each.get("is_ephemeral")]
    assert {"chats", "mode"} & {each["command"] for each in calls[1].parameters["commands"]} == set()
