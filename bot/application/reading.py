"""Everything about a message that can be known before the transaction: screen, facts, classification."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.application.ports import Classifier, Clock, CrisisGate, LanguageFilter
from bot.domain.channels import ChannelSettings
from bot.domain.decisions import Prediction, Standing, TextFacts
from bot.domain.facts import MAX_TEXT, facts_of
from bot.domain.messages import IncomingMessage, Moment
from bot.domain.policy import gate, screen
from bot.domain.verdicts import Judged

Standings = Sequence[tuple[IncomingMessage, ChannelSettings, Standing]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a text passes before it is classified."""

    crisis_gate: CrisisGate
    language_filter: LanguageFilter

    def look(
        self, message: IncomingMessage, channel: ChannelSettings, standing: Standing, *, now: datetime
    ) -> Judged:
        """Screen, facts, gate. The text of what was screened out is never looked at."""
        screened = screen(message, channel, standing, now=now)
        if screened is not None:
            return Judged(message=message, at=now, channel=channel, early=screened)
        facts = self.facts(message.text)
        early = gate(message, facts, channel, now=now)
        return Judged(message=message, at=now, channel=channel, early=early, facts=facts)

    def facts(self, text: str) -> TextFacts:
        """What can be seen of a text without a classifier; of a long one, of its beginning."""
        beginning = text[:MAX_TEXT]
        return facts_of(text, language=self.language_filter(beginning), crisis=self.crisis_gate(beginning))


class Reader:
    """Reads the messages that may be read, and classifies those that no gate stops.

    Args:
        classifier: the model or the baseline.
        crisis_gate, language_filter: what they say becomes part of the facts.
        clock: measures the classification, and lets others have a turn.
        moment: the time at which a message is judged.
    """

    def __init__(
        self,
        *,
        classifier: Classifier,
        crisis_gate: CrisisGate,
        language_filter: LanguageFilter,
        clock: Clock,
        moment: Moment,
    ) -> None:
        self._classifier = classifier
        self.gates = Gates(crisis_gate=crisis_gate, language_filter=language_filter)
        self._clock = clock
        self._moment = moment

    async def read(self, standings: Standings) -> list[Judged]:
        """One `Judged` a message, in order. A text that was screened out is never looked at."""
        judged = await self._look(standings)
        rest = [index for index, each in enumerate(judged) if each.early is None]
        predictions, milliseconds = await self._classify([judged[index].message.text for index in rest])
        for index, prediction in zip(rest, predictions, strict=True):
            judged[index] = replace(judged[index], prediction=prediction, milliseconds=milliseconds)
        return judged

    def facts(self, text: str) -> TextFacts:
        """What can be seen of a text without a classifier."""
        return self.gates.facts(text)

    async def _look(self, standings: Standings) -> list[Judged]:
        """What the gates say. A long text may cost tenths of a second, so others get a turn between two."""
        judged: list[Judged] = []
        for message, channel, standing in standings:
            if judged:
                await self._clock.sleep(timedelta())
            judged.append(self.gates.look(message, channel, standing, now=self._moment(message)))
        return judged

    async def _classify(self, texts: Sequence[str]) -> tuple[list[Prediction], float]:
        """The predictions, and each one's share of the time in milliseconds."""
        if not texts:
            return [], 0.0
        started = self._clock.now()
        predictions = await self._classifier.classify(texts)
        spent = self._clock.now() - started
        return predictions, spent.total_seconds() * 1000 / len(texts)
