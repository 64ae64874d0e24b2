from datetime import datetime, timedelta
from heapq import nlargest
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException

from bot.adapters.http.bell import watch
from bot.adapters.http.gateway import Asking, Gateway, Here, Owner
from bot.adapters.http.schemas.fields import MAX_WAIT, Conversation
from bot.adapters.http.schemas.page import Emotion, TryMessage, TryPerson, TryReply, TryVerdict
from bot.adapters.http.schemas.statuses import CHANGES, LOOKS, MISSING
from bot.adapters.http.senders import TRY_IT
from bot.adapters.http.words import explain
from bot.domain.decisions import Action, Prediction
from bot.domain.errors import StoreError
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Origin
from bot.domain.replies import SETTLED, ReplyState
from bot.domain.verdicts import RecordedDecision, Verdict

router = APIRouter(prefix="/try", tags=["try it"])

_STRONGEST = 3
_WORTH_NAMING = 0.1


@router.post("/messages", responses=CHANGES)
async def comment(body: TryMessage, here: Here, owner: Owner) -> TryVerdict:
    """Judge a comment typed on the page."""
    person = here.author_key.author(TRY_IT, body.conversation, owner=owner)
    message = _neutral(person, body.text, now=here.clock.now())
    (verdict,) = await here.inbox.offer([message])
    if verdict is None:
        raise StoreError("a new message had a verdict already")
    return _shown(verdict)


@router.get("/replies/{message_id}", responses=LOOKS | MISSING)
async def reply(
    request: Request,
    message_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")],
    conversation: Conversation,
    here: Here,
    owner: Owner,
    key: Asking,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
) -> TryReply:
    """The reply to one comment, as soon as it is settled or `wait` seconds are over."""
    person = here.author_key.author(TRY_IT, conversation, owner=owner)
    ref = MessageRef(platform=TRY_IT, channel_id=person, message_id=message_id)
    if (await _decision(here, ref)).reply_state is None:
        raise HTTPException(404)

    async def look() -> RecordedDecision | None:
        found = await _decision(here, ref)
        return found if found.reply_state in SETTLED else None

    with here.waiting.place(key, seconds=wait):
        patience, gone = timedelta(seconds=wait), request.is_disconnected
        settled = await watch(look, bell=here.bell, clock=here.clock, patience=patience, gone=gone)
    if settled is None or settled.reply_state is None:
        return TryReply(state=ReplyState.PENDING, text=None)
    sent = settled.reply_state == ReplyState.SENT
    return TryReply(state=settled.reply_state, text=settled.reply_text if sent else None)


@router.put("/optout", status_code=204, responses=CHANGES)
async def opt_out(body: TryPerson, here: Here, owner: Owner) -> None:
    """Read nothing more of this conversation."""
    person = here.author_key.author(TRY_IT, body.conversation, owner=owner)
    now = here.clock.now()
    await here.store.transact(lambda tx: tx.opt_out(person, at=now))


@router.delete("/optout", status_code=204, responses=CHANGES)
async def opt_in(body: TryPerson, here: Here, owner: Owner) -> None:
    """Read this conversation again."""
    person = here.author_key.author(TRY_IT, body.conversation, owner=owner)
    await here.store.transact(lambda tx: tx.opt_in(person))


def _neutral(person: AuthorHash, text: str, *, now: datetime) -> IncomingMessage:
    """A message in a private chat; like every private chat, it is called by its person's hash."""
    return IncomingMessage(
        ref=MessageRef(platform=TRY_IT, channel_id=person, message_id=uuid4().hex),
        author=person,
        text=text,
        sent_at=now,
        received_at=now,
        account=TRY_IT,
        private=True,
    )


async def _decision(here: Gateway, ref: MessageRef) -> RecordedDecision:
    found = await here.store.read(lambda ask: ask.decisions([ref], origin=Origin.LIVE))
    if ref not in found:
        raise HTTPException(404)
    return found[ref]


def _shown(verdict: Verdict) -> TryVerdict:
    prediction = verdict.prediction
    label = prediction.label if prediction else None
    return TryVerdict(
        message_id=verdict.message.ref.message_id,
        action=verdict.outcome.action,
        reason=verdict.outcome.reason,
        explanation=explain(verdict.outcome.reason, label),
        label=label,
        scores=_scores(prediction) if prediction else None,
        emotions=_strongest(prediction) if prediction else [],
        milliseconds=verdict.milliseconds,
        model=prediction.model if prediction else None,
        reply_pending=verdict.outcome.action is Action.REPLY,
    )


def _scores(prediction: Prediction) -> dict[str, float]:
    return {
        "positive": prediction.positive,
        "negative": prediction.negative,
        "neutral": prediction.neutral,
        "ambiguous": prediction.ambiguous,
    }


def _strongest(prediction: Prediction) -> list[Emotion]:
    emotions = [(name, score) for name, score in prediction.emotions.items() if name != "neutral"]
    named = nlargest(_STRONGEST, emotions, key=lambda item: item[1])
    return [Emotion(name=name, score=score) for name, score in named if score >= _WORTH_NAMING]
