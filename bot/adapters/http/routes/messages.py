import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter

from bot.adapters.http.gateway import Gateway, Here, Owner
from bot.adapters.http.problems import FieldError
from bot.adapters.http.schemas.api import Incoming, Judged, Messages, Ref, ReplyStanding, Verdicts
from bot.adapters.http.schemas.statuses import CHANGES
from bot.adapters.http.senders import HTTP
from bot.domain.errors import StoreError
from bot.domain.messages import ChannelKey, IncomingMessage, MessageRef
from bot.domain.verdicts import RecordedDecision, Verdict

router = APIRouter(prefix="/v1", tags=["messages"])


@router.post("/messages", responses=CHANGES)
async def messages(body: Messages, here: Here, owner: Owner) -> Verdicts:
    """Bring comments in. Answers after the verdicts are committed, so asking again is harmless.

    A reply, where there is one, comes out of `GET /v1/replies`.
    """
    now = here.clock.now()
    incoming = [_neutral(each, here, owner, now=now) for each in body.messages]
    verdicts = await _offered(here, owner, incoming)
    refs = [message.ref for message in incoming]
    decisions = await _decisions(here, refs)
    return Verdicts(
        messages=[
            _judged(decisions[ref], new=verdict is not None)
            for ref, verdict in zip(refs, verdicts, strict=True)
        ]
    )


async def _offered(
    here: Gateway, owner: str, messages: Sequence[IncomingMessage]
) -> Sequence[Verdict | None]:
    """The verdicts, in chats that are this key's own by the time they are committed.

    Seats come first, so that a refusal leaves nothing behind. The owner comes next, in the same breath and
    so ahead of the verdicts in the line of writers: a reply in a chat without one would be in no feed. A
    crash in between leaves an owner without messages, and the client, who heard nothing, asks again.

    Raises:
        FieldError: a chat is another key's.
        Overloaded: there is no room; nothing was taken.
    """
    positions: dict[ChannelKey, int] = {}
    for position, message in enumerate(messages):
        positions.setdefault((message.ref.platform, message.ref.channel_id), position)
    if not await _unowned(here, positions, owner):
        return await here.inbox.offer(messages)
    async with here.claiming:  # two keys that bring one new chat: the second finds it owned
        unowned, at = await _unowned(here, positions, owner), here.clock.now()
        verdicts = asyncio.ensure_future(here.inbox.offer(messages))
        try:
            if unowned:
                await here.store.transact(lambda tx: tx.own_channels(unowned, owner, at=at))
        except BaseException:
            verdicts.cancel()
            await asyncio.gather(verdicts, return_exceptions=True)
            raise
    return await verdicts


async def _unowned(here: Gateway, positions: Mapping[ChannelKey, int], owner: str) -> Collection[ChannelKey]:
    """Which of these chats nobody has yet.

    Raises:
        FieldError: another key has one.
    """
    owners = await here.lookups.owners(positions)
    _refuse_foreign(owners, positions, owner)
    return positions.keys() - owners.keys()


def _refuse_foreign(
    owners: Mapping[ChannelKey, str], positions: Mapping[ChannelKey, int], owner: str
) -> None:
    for key, whose in owners.items():
        if whose != owner:
            raise FieldError(f"messages[{positions[key]}].channel_id", "belongs to another API key")


def _neutral(message: Incoming, here: Gateway, owner: str, *, now: datetime) -> IncomingMessage:
    return IncomingMessage(
        ref=MessageRef(platform=HTTP, channel_id=message.channel_id, message_id=message.message_id),
        author=here.author_key.author(HTTP, message.author_id, owner=owner),
        text=message.text,
        sent_at=min(message.sent_at or now, now),
        received_at=now,
        account=HTTP,
        thread_id=message.thread_id,
    )


async def _decisions(here: Gateway, refs: Collection[MessageRef]) -> Mapping[MessageRef, RecordedDecision]:
    found = await here.lookups.decisions(refs)
    if len(found) < len(set(refs)):
        raise StoreError("a decision was committed and cannot be read back")
    return found


def _judged(decision: RecordedDecision, *, new: bool) -> Judged:
    reply = None
    if decision.reply_id is not None and decision.reply_state is not None:
        reply = ReplyStanding(id=decision.reply_id, state=decision.reply_state)
    return Judged(
        ref=as_ref(decision.ref),
        status="judged" if new else "known",
        action=decision.action,
        reason=decision.reason,
        label=decision.label,
        scores=dict(decision.scores) or None,
        reply=reply,
    )


def as_ref(ref: MessageRef) -> Ref:
    """The name of a message, for the wire."""
    return Ref(platform=ref.platform, channel_id=ref.channel_id, message_id=ref.message_id)
