"""What follows from how Reddit shows messages, and our replies to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.adapters.fields import Raw, WrongField, flag, maybe_whole
from bot.adapters.reddit.standing import Standing, known_standing
from bot.application.people import Feedback
from bot.application.watching import Trace

OWN_VOTE: Final = 1
"""Reddit counts the author's own vote."""

Vote = tuple[int, Feedback]
"""What readers think of a reply, by its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What follows from one look at a batch.

    Attributes:
        deleted: decisions about messages that nobody can read any more.
        moderated: replies to messages that moderators took away.
        votes: of readers.
        missing: messages that Reddit does not show at all; why, it does not say.
    """

    deleted: Sequence[int] = ()
    moderated: Sequence[int] = ()
    votes: Sequence[Vote] = ()
    missing: Sequence[Trace] = ()


def findings(traces: Sequence[Trace], shown: Mapping[str, Raw]) -> Findings:
    """What became of messages and of our replies to them.

    Args:
        traces: of messages, with our replies.
        shown: the things that Reddit shows, by full name.
    """
    names = [each.ref.message_id for each in traces]
    became = {name: known_standing(shown[name]) if name in shown else None for name in names}
    gone = {name for name, there in became.items() if there is not None and there.gone}
    return Findings(
        deleted=[each.decision_id for each in traces if each.ref.message_id in gone],
        moderated=[
            each.reply_id
            for each in traces
            if each.reply_id is not None and became[each.ref.message_id] is Standing.REMOVED
        ],
        votes=[vote for each in traces for vote in _votes(each, shown)],
        missing=[each for each in traces if became[each.ref.message_id] is None],
    )


def _votes(trace: Trace, shown: Mapping[str, Raw]) -> Sequence[Vote]:
    """What readers think of our reply, if Reddit shows that already."""
    thing = shown.get(trace.sent_message_id or "")
    if thing is None or trace.reply_id is None:
        return ()
    try:
        score = None if flag(thing, "score_hidden") else maybe_whole(thing, "score")
    except WrongField:
        return ()
    if score is None or score == OWN_VOTE:
        return ()
    return [(trace.reply_id, Feedback.UPVOTED if score > OWN_VOTE else Feedback.DOWNVOTED)]
