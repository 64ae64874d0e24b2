"""Questions about many keys at once: the keys come in as one JSON parameter.

So a statement's text never changes, it is built and compiled once, and its plan never changes either. For
`(a, b, c) IN ((?, ?, ?), …)` SQLite, which keeps no statistics here, takes the wrong index from some number
of keys on, and reads every decision there is.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select

from bot.adapters.storage.chat_tables import own_phrases
from bot.adapters.storage.tables import channels, decisions, left_alone, opt_outs, replies
from bot.adapters.storage.watch_tables import removals

_ASKED: Final = func.json_each(bindparam("asked")).table_valued("key", "value", name="asked")


def parameters(keys: Iterable[Sequence[str]], **others: Any) -> dict[str, Any]:
    """The parameters of each statement below."""
    return {"asked": json.dumps([list(key) for key in keys], ensure_ascii=False), **others}


def values(each: Iterable[str | int], **others: Any) -> dict[str, Any]:
    """The parameters of those statements below whose keys have one part."""
    return {"asked": json.dumps(list(each)), **others}


def _matches(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether these columns, in the order of a key's parts, are the asked row's."""
    parts = [func.json_extract(_ASKED.c.value, f"$[{place}]") for place in range(len(columns))]
    return and_(*[column == part for column, part in zip(columns, parts, strict=True)])


def _decision(table: Any) -> ColumnElement[bool]:
    wanted = _matches(table.c.platform, table.c.channel_id, table.c.message_id)
    return and_(wanted, table.c.origin == bindparam("origin"))


_CHANNEL: Final = _matches(channels.c.platform, channels.c.channel_id)
_SAME: Final = decisions.alias("same")

KNOWN: Final = select(_ASKED.c.key).where(exists().where(_decision(decisions)))
"""Of (platform, channel, message) and `origin`: the positions of those that were judged."""

OVERRIDES: Final = select(channels.c.platform, channels.c.channel_id, channels.c.overrides).join(
    _ASKED, _CHANNEL
)
"""Of (platform, channel)."""

OWNERS: Final = (
    select(channels.c.platform, channels.c.channel_id, channels.c.owner)
    .join(_ASKED, _CHANNEL)
    .where(channels.c.owner.is_not(None))
)
"""Of (platform, channel)."""

OWN_PHRASES: Final = select(own_phrases).join(
    _ASKED, _matches(own_phrases.c.platform, own_phrases.c.channel_id)
)
"""Of (platform, channel)."""

OPTED_OUT: Final = select(opt_outs.c.author).join(_ASKED, opt_outs.c.author == _ASKED.c.value)
"""Of authors."""

LEFT_ALONE: Final = (
    select(left_alone.c.author, left_alone.c.until)
    .join(_ASKED, left_alone.c.author == _ASKED.c.value)
    .where(left_alone.c.until > bindparam("now", type_=left_alone.c.until.type))
)
"""Of authors, and `now`."""

WISHED_AWAY: Final = select(removals.c.reply_id).join(_ASKED, removals.c.reply_id == _ASKED.c.value)
"""Of replies by their ids."""

DECISIONS: Final = (
    select(
        decisions,
        replies.c.id.label("reply_id"),
        replies.c.state.label("reply_state"),
        replies.c.text.label("reply_text"),
    )
    .select_from(_ASKED)
    .join(
        decisions,  # by its id: in a plain join SQLite would begin with every decision of the origin
        decisions.c.id == select(_SAME.c.id).where(_decision(_SAME)).correlate(_ASKED).scalar_subquery(),
    )
    .outerjoin(replies, replies.c.decision_id == decisions.c.id)
)
"""Of (platform, channel, message) and `origin`."""

OURS: Final = select(_ASKED.c.key).where(
    exists().where(_matches(replies.c.platform, replies.c.channel_id, replies.c.sent_message_id))
)
"""Of (platform, channel, message): the positions of those that are replies of ours."""
