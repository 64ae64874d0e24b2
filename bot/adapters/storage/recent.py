"""The newest replies of many people and places at once.

One statement whose text never changes: the subjects come in as one JSON parameter, so nothing is built or
compiled again.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import CompoundSelect

from bot.adapters.storage.tables import replies
from bot.domain.crisis import CARD
from bot.domain.history import PastReply, Scope, Subject
from bot.domain.replies import ARRIVED, COUNTED, ReplyState


def recent_replies(
    connection: Connection, wanted: Mapping[Subject, int]
) -> Mapping[Subject, Sequence[PastReply]]:
    """Each subject's newest counted replies, newest first, at most as many as wanted."""
    if not wanted:
        return {}
    subjects = list(wanted)
    parameters = {
        "subjects": json.dumps([_fields(subject) for subject in subjects]),
        "most": max(wanted.values()),
    }
    found: dict[Subject, list[Any]] = defaultdict(list)
    for row in connection.execute(_statement(), parameters):
        found[subjects[row.subject]].append(row)
    return {subject: _newest(found[subject], most) for subject, most in wanted.items()}


def _newest(rows: Sequence[Any], most: int) -> list[PastReply]:
    last = sorted(rows, key=lambda row: row.id, reverse=True)[:most]
    past = [
        PastReply(at=row.created_at, phrase_id=row.phrase_id, arrived=row.state in ARRIVED) for row in last
    ]
    return sorted(past, key=lambda reply: reply.at, reverse=True)


def _fields(subject: Subject) -> dict[str, str]:
    return {
        "scope": subject.scope,
        "id": subject.id,
        "channel_id": subject.channel_id,
        "platform": subject.platform,
        "origin": subject.origin,
        "imagined": ReplyState.SIMULATED if subject.imagined else "",
    }


@cache
def _statement() -> CompoundSelect[Any]:
    wanted = func.json_each(bindparam("subjects")).table_valued("key", "value", name="wanted")

    def field(name: str) -> ColumnElement[Any]:
        return func.json_extract(wanted.c.value, f"$.{name}")

    past = replies.alias("past")
    places = {
        Scope.AUTHOR: past.c.author == field("id"),
        Scope.THREAD: and_(past.c.thread_id == field("id"), past.c.channel_id == field("channel_id")),
        Scope.CHAT: past.c.channel_id == field("id"),
    }

    def newest(place: ColumnElement[bool]) -> Select[Any]:
        counted = and_(
            or_(past.c.state.in_(sorted(COUNTED)), past.c.state == field("imagined")),
            past.c.phrase_pool != CARD,  # a card counts for no cooldown, cap or pace
        )
        return (
            select(past.c.id)
            .where(place, past.c.platform == field("platform"), past.c.origin == field("origin"), counted)
            .order_by(past.c.id.desc())
            .limit(bindparam("most"))
            .correlate(wanted)
        )

    return union_all(
        *[
            select(
                wanted.c.key.label("subject"),
                replies.c.id,
                replies.c.created_at,
                replies.c.phrase_id,
                replies.c.state,
            )
            .select_from(wanted.join(replies, replies.c.id.in_(newest(place))))
            .where(field("scope") == scope)
            for scope, place in places.items()
        ]
    )
