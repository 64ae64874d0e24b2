from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from bot.domain.channels import ChannelSettings
from bot.domain.crisis import CARD, URGENT
from bot.domain.decisions import History, Outcome, Prediction, Reason, TextFacts, silence
from bot.domain.messages import IncomingMessage, MessageRef, Origin
from bot.domain.phrases import PhraseChoice
from bot.domain.policy import answer_crisis, decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message on its way to a verdict: everything that can be known before the transaction.

    Attributes:
        at: when it was looked at.
        channel: the chat's settings at that moment; the transaction reads them again.
        early: the reason that ended the way already, if one did.
        facts: None where the text was not read.
        prediction: None where the text was not classified.
        milliseconds: what its classification took, its share of the batch.
    """

    message: IncomingMessage
    at: datetime
    channel: ChannelSettings
    early: Reason | None
    facts: TextFacts | None = None
    prediction: Prediction | None = None
    milliseconds: float = 0.0

    def unread(self, reason: Reason) -> Self:
        """As if the text had never been looked at: somebody opted out, or silenced the chat, meanwhile."""
        return replace(self, early=reason, facts=None, prediction=None)


def conclude(
    judged: Judged, channel: ChannelSettings, history: History, now: datetime
) -> tuple[Outcome, History | None]:
    """The outcome, and the history if it had a say in it."""
    if judged.early is Reason.CRISIS:
        return answer_crisis(judged.message, channel, card_today=history.card_today, now=now), history
    if judged.facts is None or judged.prediction is None:
        assert judged.early is not None  # noqa: S101  # unread or unclassified only for a reason
        return silence(judged.early), None
    outcome = decide(judged.message, judged.facts, judged.prediction, channel, history, now)
    asked = outcome.reason is not Reason.BELOW_THRESHOLD
    return outcome, history if asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision as it is recorded.

    Attributes:
        ref: what it is recorded under: the message's own, but for what was not read in a private chat (see
            `AuthorKey.unread`).
        facts: None where the text was not read; then neither it nor its author is stored.
        score: the number that was held against the threshold; None where nothing was classified.
        history: what the policy saw; None where it was not asked.
        choice: the phrase, or the crisis card, where the bot speaks or would.
        reply_text: the words that go out, composed from it.
        read_at, read_under: when the text was looked at, and the hash of the settings that held then.
        policy: the hash of the stored settings that decided: the same ones, unless somebody changed a setting
            in between.
        deadline: past it a reply is stale.
        retain_until: when the text is erased; None = never stored.
        note_due: admins of a live chat who asked for it should hear that somebody may need a person; once a
            person and day.
    """

    message: IncomingMessage
    ref: MessageRef
    origin: Origin
    arm: str
    outcome: Outcome
    facts: TextFacts | None
    prediction: Prediction | None
    score: float | None
    history: History | None
    choice: PhraseChoice | None
    reply_text: str | None
    read_at: datetime
    read_under: str
    policy: str
    decided_at: datetime
    deadline: datetime
    retain_until: datetime | None
    milliseconds: float
    note_due: bool = False

    @property
    def priority(self) -> int:
        """Its place in the outbox: cards go before everything else."""
        return URGENT if self.choice is not None and self.choice.pool == CARD else 0

    @property
    def read(self) -> bool:
        """Whether the text was looked at; of what was not, neither text nor author is stored."""
        return self.facts is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDecision:
    """A decision as it was read back; what the API shows, so without any author.

    Attributes:
        reply_state: None where the bot stays silent.
    """

    ref: MessageRef
    action: str
    reason: str
    decided_at: datetime
    model: str | None
    label: str | None
    scores: Mapping[str, float]
    emotions: Mapping[str, float]
    milliseconds: float
    reply_id: int | None
    reply_state: str | None
    reply_text: str | None
