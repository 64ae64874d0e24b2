"""What the model and the policy would say of a text, without recording anything."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.application.ports import Classifier
from bot.application.reading import Reader
from bot.domain.channels import ChannelSettings
from bot.domain.decisions import Prediction, Reason, TextFacts
from bot.domain.policy import is_command, unreadable, worth_a_reply


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedText:
    """One row of `solace classify --json`, in the order of its fields.

    Scores are always numbers: gates change only `would_reply` and `reason`.
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

    def as_json(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return asdict(self) | {"emotions": dict(self.emotions)}


class Classify:
    """Classifies texts as a chat with these settings would, were nobody's history in the way.

    Args:
        classifier, reader: the same that the intake uses.
        channel: a chat's settings.
    """

    def __init__(self, *, classifier: Classifier, reader: Reader, channel: ChannelSettings) -> None:
        self._classifier = classifier
        self._reader = reader
        self._channel = channel

    async def __call__(self, texts: Sequence[str]) -> list[ClassifiedText]:
        """One row a text, in order."""
        predictions = await self._classifier.classify(texts)
        return [self._row(text, prediction) for text, prediction in zip(texts, predictions, strict=True)]

    def _row(self, text: str, prediction: Prediction) -> ClassifiedText:
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
