"""What is told of one reply to the person it was for, and to nobody else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.application.people import GivenReply
from bot.domain.decisions import ReplyWhen
from bot.domain.masking import LINK, NAME
from bot.domain.messages import AuthorHash
from bot.domain.snapshots import PolicySnapshot

DecidingWords = Callable[[str, ReplyWhen], Awaitable[Sequence[tuple[str, float]]]]
"""Words of a text and what each adds to the score, the weightiest first: see `classify.Explainer`."""

_HOLD_TOGETHER: Final = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do
    does for from get got had has have he her here him his how i i'd i'll i'm i've if in into is it it's
    its just me more most my of on or our out over she should so some such than that that's the their
    them then there these they this those through to too up us very was we were what when where which
    while who will with would you your
    """.split()  # noqa: SIM905  # as a list, it takes a page
)
"""Words of which nobody learns why something sounded as it did. "Not", "no" and "never" do say something."""
_MASKS: Final = frozenset({"name", "link", "url", "user", "religion", "number", "email"})
_MOST_WORDS: Final = 5
_LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What decided.

    Attributes:
        looked_for: what the chat lets the bot answer.
        percent: the score, from 1 to 99: no model is all that sure.
        label: the mood that stood out.
        model: which one judged.
        words: None = the text is erased by now, or was never kept.
    """

    looked_for: ReplyWhen
    percent: int
    label: str
    model: str
    words: "Words | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that decided, each once, the weightiest first.

    Attributes:
        weighty, against: those that spoke for a reply, and those that spoke against it.
        seen_by: the model in use now, where it is not the one that judged; else None.
    """

    weighty: tuple[str, ...]
    against: tuple[str, ...]
    seen_by: str | None


class WhyAnswered:
    """Looks into a reply's reasons.

    Args:
        why: tells which words decided, by the model in use now.
        model: the version of that model.
    """

    def __init__(self, *, why: DecidingWords, model: Callable[[], str]) -> None:
        self._why = why
        self._model = model

    async def because(self, reply: GivenReply) -> Because | None:
        """What decided; None = it was the crisis card, where no model took part."""
        if reply.card or not reply.scores:
            return None
        looked_for = _reply_when(reply)
        return Because(
            looked_for=looked_for,
            percent=_percent(reply, looked_for),
            label=reply.label or "",
            model=reply.model or "",
            words=None if reply.text is None else await self._words(reply.text, looked_for, reply.model),
        )

    async def _words(self, text: str, looked_for: ReplyWhen, judged_by: str | None) -> Words:
        found = await self._why(text, looked_for)
        model = self._model()
        return Words(
            weighty=_listed([word for word, weight in found if weight > 0]),
            against=_listed([word for word, weight in found if weight < 0]),
            seen_by=None if model == judged_by else model,
        )


def concerns(reply: GivenReply, person: AuthorHash) -> bool:
    """Whether a reply was for this person; of who was forgotten nobody is that person any more."""
    return reply.author is not None and reply.author == person


def _reply_when(reply: GivenReply) -> ReplyWhen:
    try:
        return PolicySnapshot.load(reply.policy).channel.reply_when
    except ValueError:  # written by a newer version, or changed by hand
        return ReplyWhen.NEGATIVE


def _percent(reply: GivenReply, reply_when: ReplyWhen) -> int:
    score = 1 - reply.scores["positive"] if reply_when is ReplyWhen.NOT_POSITIVE else reply.scores[reply_when]
    return min(max(round(100 * score), 1), 99)


def _listed(words: Sequence[str]) -> tuple[str, ...]:
    """Those that mean something to a reader: no masks, and none of the words that hold others together."""
    telling = (word[:_LONGEST_WORD] for word in words if _tells(word))
    return tuple(dict.fromkeys(telling))[:_MOST_WORDS]


def _tells(word: str) -> bool:
    bare = word.strip("[]().,!?'\"").lower()
    masked = word.isupper() and bare in _MASKS
    return len(bare) > 1 and bare not in _HOLD_TOGETHER and not masked and word not in {NAME, LINK}
