"""Between frozen values and rows, in both directions."""

from typing import Any

from sqlalchemy import Row

from bot.adapters.storage.evidence import SCORES, facts_json, history_json
from bot.domain.crisis import CARD
from bot.domain.decisions import Action
from bot.domain.messages import MessageRef, Origin, Platform
from bot.domain.replies import OutgoingReply, ReplyState
from bot.domain.verdicts import RecordedDecision, Verdict

_PLACES = 6


def decision_row(verdict: Verdict) -> dict[str, Any]:
    """The row of one decision; without author where nobody agreed to be read."""
    message, prediction = verdict.message, verdict.prediction
    scores = {name: round(getattr(prediction, name), _PLACES) if prediction else None for name in SCORES}
    return scores | {
        "origin": verdict.origin,
        "platform": message.ref.platform,
        "channel_id": verdict.ref.channel_id,
        "message_id": verdict.ref.message_id,
        "thread_id": message.thread_id,
        "private": message.private,
        "author": message.author if verdict.read else None,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        "decided_at": verdict.decided_at,
        "arm": verdict.arm,
        "action": verdict.outcome.action,
        "reason": verdict.outcome.reason,
        "label": prediction.label if prediction else None,
        "emotions": {name: round(value, _PLACES) for name, value in prediction.emotions.items()}
        if prediction
        else None,
        "facts": facts_json(verdict.facts, verdict) if verdict.facts else None,
        "history": history_json(verdict.history) if verdict.history else None,
        "model": prediction.model if prediction else None,
        "preprocessing": prediction.preprocessing if prediction else None,
        "policy_hash": verdict.policy,
        "milliseconds": round(verdict.milliseconds, 3),
    }


def text_row(verdict: Verdict, decision_id: int) -> dict[str, Any] | None:
    """The row of its text, or None where it is not kept."""
    if not verdict.read or verdict.retain_until is None:
        return None
    return {"decision_id": decision_id, "text": verdict.message.text, "expires_at": verdict.retain_until}


def reply_row(verdict: Verdict, decision_id: int) -> dict[str, Any] | None:
    """The row of its reply, or None where the bot has nothing to say."""
    if verdict.choice is None or verdict.reply_text is None:
        return None
    pending = verdict.outcome.action is Action.REPLY and verdict.origin is Origin.LIVE
    message, choice = verdict.message, verdict.choice
    return {
        "decision_id": decision_id,
        "origin": verdict.origin,
        "account": message.account,
        "platform": message.ref.platform,
        "channel_id": message.ref.channel_id,
        "message_id": message.ref.message_id,
        "thread_id": message.thread_id,
        "private": message.private,
        "author": message.author,
        "address": dict(message.address) if pending else None,
        "text": verdict.reply_text,
        "phrase_id": choice.phrase_id,
        "phrase_pool": choice.pool,
        "pool_version": choice.pool_version,
        "avoided": list(choice.avoided),
        "priority": verdict.priority,
        "state": ReplyState.PENDING if pending else ReplyState.SIMULATED,
        "received_at": message.received_at,
        "created_at": verdict.decided_at,
        "deadline": verdict.deadline,
        "settled_at": None if pending else verdict.decided_at,
    }


def outgoing_reply(row: Row[Any]) -> OutgoingReply:
    """A reply as its sender gets it."""
    return OutgoingReply(
        id=row.id,
        ref=MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id),
        text=row.text,
        private=row.private,
        card=row.phrase_pool == CARD,
        address=row.address or {},
        received_at=row.received_at,
        deadline=row.deadline,
        attempts=row.attempts + 1,
    )


def recorded_decision(row: Row[Any]) -> RecordedDecision:
    """A decision as the API shows it."""
    return RecordedDecision(
        ref=MessageRef(platform=Platform(row.platform), channel_id=row.channel_id, message_id=row.message_id),
        action=row.action,
        reason=row.reason,
        decided_at=row.decided_at,
        model=row.model,
        label=row.label,
        scores={name: getattr(row, name) for name in SCORES if getattr(row, name) is not None},
        emotions=row.emotions or {},
        milliseconds=row.milliseconds,
        reply_id=row.reply_id,
        reply_state=row.reply_state,
        reply_text=row.reply_text,
    )
