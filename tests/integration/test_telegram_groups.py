"""Which group an admin means who asks in private: few requests, whoever asks."""

from dataclasses import replace
from datetime import timedelta

from conversation_world import ADMIN, BOT, MEMBER, FakeRights, World, group, private, texts
from fakes import FakeClock, ListTelemetry
from scripted_api import ScriptedApi

from bot.adapters.storage import SqlStore
from bot.adapters.telegram.conversation.choosing import MOST_GROUPS, MOST_PEOPLE, Acted, Groups
from bot.adapters.telegram.conversation.export import ExportConversation
from bot.adapters.telegram.rights import ApiRights
from bot.adapters.telegram.texts import review
from bot.adapters.telegram.values import Person, Place
from bot.application.chats import Chat
from bot.application.ports import Store, Transaction
from bot.bootstrap.inspection import _with_settings
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import RateLimited
from bot.domain.messages import AuthorHash

GROUPS = [group(-1000 - number) for number in range(50)]


async def known(store: Store, *, contact: Person | None = None, notes_to: Person | None = None) -> None:
    """The bot is in fifty groups."""
    chat = Chat(
        key=group().key,
        private=False,
        contact=str(contact.user_id) if contact else None,
        notes_to=(str(notes_to.user_id),) if notes_to else (),
    )

    def keep(tx: Transaction) -> None:
        for place in GROUPS:
            tx.keep_chat(replace(chat, key=place.key))

    await store.transact(keep)


async def test_a_stranger_costs_no_request(store: SqlStore) -> None:
    api = ScriptedApi()
    rights = ApiRights(api=api, bot_id=1, clock=FakeClock(), telemetry=ListTelemetry())
    await known(store, contact=ADMIN)
    groups = Groups(store=store, rights=rights, acted=Acted())
    assert await groups.administered_by(MEMBER) == []
    assert api.of("getChatMember") == []


async def test_who_set_up_many_groups_costs_twenty_at_most(store: SqlStore) -> None:
    for who in ({"contact": ADMIN}, {"notes_to": ADMIN}):
        await known(store, **who)
        groups = Groups(store=store, rights=FakeRights(ADMIN.user_id), acted=Acted())
        assert len(await groups.administered_by(ADMIN)) == MOST_GROUPS


async def test_names_are_asked_for_only_where_there_is_a_choice(store: SqlStore) -> None:
    asked: list[int] = []

    async def name_of(place: Place) -> str:
        asked.append(place.chat_id)
        return "Allotment"

    acted, rights = Acted(), FakeRights(ADMIN.user_id)
    await known(store)
    groups = Groups(store=store, rights=rights, acted=acted, name_of=name_of)
    for number, place in enumerate(GROUPS[:2], start=1):
        acted.note(ADMIN, place)
        assert len(await groups.administered_by(ADMIN)) == number
    assert len(asked) == 2


async def test_the_doctor_sees_a_chat_without_a_mode_of_its_own_as_off(store: SqlStore) -> None:
    await known(store)
    defaults = ChannelDefaults(otherwise=ChannelSettings(mode=Mode.LIVE))
    seen = await store.read(lambda queries: _with_settings(queries, defaults))
    assert {settings.mode for _, settings in seen} == {Mode.OFF}


async def test_at_the_first_refusal_nothing_more_is_asked_and_the_account_waits(store: SqlStore) -> None:
    api, clock, held = ScriptedApi(), FakeClock(), list[timedelta]()
    wait = timedelta(seconds=9)
    rights = ApiRights(api=api, bot_id=1, clock=clock, telemetry=ListTelemetry(), hold=held.append)
    await known(store, contact=ADMIN)
    api.next("getChatMember", RateLimited(wait))
    groups = Groups(store=store, rights=rights, acted=Acted())
    assert list(await groups.administered_by(ADMIN)) == []
    assert len(api.of("getChatMember")) == 1
    assert held == [wait]
    await clock.advance(wait)
    await groups.administered_by(ADMIN)
    assert len(api.of("getChatMember")) == 1 + MOST_GROUPS


async def test_a_command_in_the_group_makes_it_known_in_private(store: SqlStore) -> None:
    acted, rights = Acted(), FakeRights(ADMIN.user_id)
    world = World(store)
    export = ExportConversation(
        store=store,
        rights=rights,
        clock=world.clock,
        bot=BOT,
        groups=Groups(store=store, rights=rights, acted=acted),
        defaults=ChannelDefaults(),
    )
    world.more = [export]
    world.acted = acted
    world.conversation = world.assembled()
    await world.becomes("member", by=MEMBER)
    assert texts(await world.types("/export", place=private(ADMIN))) == [review.NO_GROUP]
    await world.types("/export", who=MEMBER)
    assert texts(await world.types("/export", who=MEMBER, place=private(MEMBER))) == [review.NO_GROUP]
    await world.types("/settings")
    assert texts(await world.types("/export", place=private(ADMIN))) == [review.EXPORTED]


def test_little_is_remembered_of_who_acted() -> None:
    acted = Acted()
    for place in GROUPS:
        acted.note(ADMIN, place)
    acted.note(ADMIN, private(ADMIN))
    acted.note(None, group())
    assert list(acted.groups_of(ADMIN)) == [each.channel_id for each in GROUPS[-MOST_GROUPS:]]
    for number in range(MOST_PEOPLE):
        acted.note(Person(author=AuthorHash(f"{number:032}"), user_id=number), group())
    assert list(acted.groups_of(ADMIN)) == []
