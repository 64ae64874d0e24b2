"""What the model and the policy would say of a text, without recording anything."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

from bot.application.ports import Classifier
from bot.application.reading import Reader
from bot.domain.channels import ChannelSettings
from bot.domain.decisions import Prediction, Reason, ReplyWhen, TextFacts
from bot.domain.policy import is_command, unreadable, worth_a_reply

MOST_WORDS: Final = 8
"""How many words a row names as the ones that decided."""

Why = tuple[tuple[str, float], ...]


class Explainer(Protocol):
    """Tells which words decided."""

    async def why(self, text: str, reply_when: ReplyWhen, *, top: int) -> Sequence[tuple[str, float]]:
        """Words of the text and what each adds to the score that `reply_when` looks at.

        At most `top`, the weightiest first, whichever way they pull; those that add nothing are left out.
        In a long text a few words in a row are taken together. The same text always gives the same words.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedText:
    """One row of `solace classify --json`, in the order of its fields.

    Scores are always numbers: gates change only `would_reply` and `reason`. `why` stands last, and only
    where it was asked for: words and what each adds to the score that the chat's `reply_when` looks at.
    """

    text: str = field(repr=False)
    label: str
    groups: tuple[str, ...]
    positive: float
    negative: float
    neutral: float
    ambiguous: float
    not_positive: float
    distress: float
    emotions: Mapping[str, float]
    language: str
    crisis: bool
    would_reply: bool
    reason: Reason
    model: str
    why: Why | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        row = asdict(self) | {"emotions": dict(self.emotions)}
        if self.why is None:
            del row["why"]
        return row


class Classify:
    """Classifies texts as a chat with these settings would, were nobody's history in the way.

    Args:
        classifier, reader: the same that the intake uses.
        channel: a chat's settings.
        explainer: tells which words decided; None = nobody asks.
    """

    def __init__(
        self,
        *,
        classifier: Classifier,
        reader: Reader,
        channel: ChannelSettings,
        explainer: Explainer | None = None,
    ) -> None:
        self._classifier = classifier
        self._reader = reader
        self._channel = channel
        self._explainer = explainer

    async def __call__(self, texts: Sequence[str]) -> list[ClassifiedText]:
        """One row a text, in order."""
        predictions = await self._classifier.classify(texts)
        whys = await asyncio.gather(*map(self._why, texts))
        return [self._row(*each) for each in zip(texts, predictions, whys, strict=True)]

    async def _why(self, text: str) -> Why | None:
        if self._explainer is None:
            return None
        return tuple(await self._explainer.why(text, self._channel.reply_when, top=MOST_WORDS))

    def _row(self, text: str, prediction: Prediction, why: Why | None) -> ClassifiedText:
        facts = self._reader.facts(text)
        reason = self._reason(text, facts, prediction)
        return ClassifiedText(
            text=text,
            label=prediction.label,
            groups=prediction.groups,
            positive=prediction.positive,
            negative=prediction.negative,
            neutral=prediction.neutral,
            ambiguous=prediction.ambiguous,
            not_positive=prediction.not_positive,
            distress=prediction.distress,
            emotions=prediction.emotions,
            language=facts.language,
            crisis=facts.crisis,
            would_reply=reason is Reason.SUPPORT,
            reason=reason,
            model=prediction.model,
            why=why,
        )

    def _reason(self, text: str, facts: TextFacts, prediction: Prediction) -> Reason:
        if is_command(text):
            return Reason.COMMAND
        if facts.crisis:
            return Reason.CRISIS
        stopped = unreadable(facts, self._channel)
        if stopped is not None:
            return stopped
        return Reason.SUPPORT if worth_a_reply(prediction, self._channel) else Reason.BELOW_THRESHOLD
