"""Decisions as an audit takes them up, a page at a time."""

from typing import Any, Final

from sqlalchemy import BigInteger, Row, Text, bindparam, cast, func, select, tuple_

from bot.adapters.storage.evidence import SCORES, evidence_of
from bot.adapters.storage.tables import UtcDateTime, decisions, texts
from bot.application.records import PastDecision
from bot.domain.decisions import ERASED
from bot.domain.facts import MAX_TEXT

_FROM = tuple_(bindparam("at", type_=UtcDateTime), bindparam("id", type_=BigInteger))

PAST: Final = (
    select(
        decisions.c.id,
        decisions.c.sent_at,
        decisions.c.received_at,
        decisions.c.decided_at,
        decisions.c.action,
        decisions.c.reason,
        decisions.c.label,
        *[decisions.c[name] for name in SCORES],
        *[cast(decisions.c[name], Text).label(name) for name in ("emotions", "facts", "history")],
        decisions.c.model,
        decisions.c.preprocessing,
        decisions.c.policy_hash,
        func.substr(texts.c.text, 1, MAX_TEXT + 1).label("text"),
    )
    .outerjoin(texts, texts.c.decision_id == decisions.c.id)
    .where(
        decisions.c.origin == bindparam("origin"),
        tuple_(decisions.c.decided_at, decisions.c.id) > _FROM,
        decisions.c.id <= bindparam("last_id"),
    )
    .order_by(decisions.c.decided_at, decisions.c.id)
    .limit(bindparam("limit"))
)
"""Of `origin`, from behind (`at`, `id`): by the index on origin and time; nothing is sorted.

Neither people nor places are read; of a text, one character more than any gate looks at.
"""


def past_decision(row: Row[Any]) -> PastDecision:
    """A row of `PAST`."""
    try:
        evidence = evidence_of(row) if row.facts is not None else None
    except (ValueError, TypeError, AttributeError):
        evidence = None  # somebody changed it by hand; the audit counts it
    return PastDecision(
        id=row.id,
        decided_at=row.decided_at,
        read=row.facts is not None or row.reason in ERASED,
        text=row.text,
        evidence=evidence,
    )
