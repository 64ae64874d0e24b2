"""What a decision was made from, as its row keeps it: written and read."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from bot.application.records import Evidence
from bot.domain.audit import emotion_score
from bot.domain.decisions import History, Reason, TextFacts
from bot.domain.verdicts import Verdict

SCORES: Final = ("positive", "negative", "neutral", "ambiguous", "distress")


def facts_json(facts: TextFacts, verdict: Verdict) -> dict[str, Any]:
    """What was seen of the text, when, and by which settings, where others held when it was decided.

    With the mark of a note that was due, which holds back those of the next day.
    """
    other = {} if verdict.read_under == verdict.policy else {"read_under": verdict.read_under}
    note = {"note_due": True} if verdict.note_due else {}
    return asdict(facts) | {"read_at": verdict.read_at.isoformat()} | other | note


def history_json(history: History) -> dict[str, Any]:
    """What the policy saw of earlier replies."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(history).items()
    }


def evidence_of(row: Row[Any]) -> Evidence:
    """What stands in a row whose text was read; its JSON columns as text.

    Raises:
        ValueError, TypeError, AttributeError: it cannot be understood.
    """
    facts = json.loads(row.facts)
    read_at = facts.pop("read_at", None)
    facts.pop("note_due", None)  # no part of the decision
    return Evidence(
        action=row.action,
        reason=row.reason,
        label=row.label,
        scores=_scores(row),
        read_at=datetime.fromisoformat(read_at) if read_at else _looked_at(row),
        read_under=facts.pop("read_under", row.policy_hash),
        facts=TextFacts(**({"too_long": False} | facts)),
        history=None if row.history is None else _history(json.loads(row.history)),
        model=() if row.model is None else (row.model, row.preprocessing),
        sent_at=row.sent_at,
        received_at=row.received_at,
        decided_at=row.decided_at,
        policy=row.policy_hash,
    )


def _looked_at(row: Row[Any]) -> datetime:
    """For rows of the first version, which did not say: a moment at which it was late, or was not."""
    moment: datetime = row.decided_at if row.reason == Reason.LATE else row.received_at
    return moment


def _scores(row: Row[Any]) -> dict[str, float]:
    groups = {name: getattr(row, name) for name in SCORES if getattr(row, name) is not None}
    emotions = {} if row.emotions is None else json.loads(row.emotions)
    return groups | {emotion_score(name): float(value) for name, value in emotions.items()}


def _history(raw: dict[str, Any]) -> History:
    times = {
        name: datetime.fromisoformat(value)
        for name, value in raw.items()
        if name in {"last_reply_to_author", "left_alone_until"} and value is not None
    }
    phrases = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
    return History(**(raw | times | phrases))
