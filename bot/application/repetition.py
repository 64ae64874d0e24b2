"""One recorded decision, made again: by the settings, moments and history of then, the gates of now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from bot.application.reading import Gates
from bot.application.records import Evidence, Missing, PastDecision
from bot.domain.audit import Judgement, scores_of
from bot.domain.decisions import History, Prediction, ReplyWhen, Standing
from bot.domain.messages import IncomingMessage, MessageRef, Platform
from bot.domain.policy import screen
from bot.domain.snapshots import PolicySnapshot, digest
from bot.domain.verdicts import Judged, conclude

NOBODY = "audit"
"""Stands for the platform, chat and account: a decision on a text that was read does not depend on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """A decision on its way to being made again.

    Attributes:
        decision: its row.
        policy: what it was decided by.
        judged: what the gates, and later the classifier, say now.
    """

    decision: int
    evidence: Evidence
    policy: PolicySnapshot
    judged: Judged

    @property
    def threshold(self) -> float:
        """The line that the recorded settings draw."""
        channel = self.policy.channel
        return self.policy.thresholds[channel.reply_when][channel.sensitivity]

    def classified(self, prediction: Prediction) -> Self:
        """With what the model says; the thresholds are the recorded ones."""
        lines = replace(prediction, thresholds=self.policy.thresholds)
        return replace(self, judged=replace(self.judged, prediction=lines))

    def recorded(self) -> Judgement:
        """The decision as it stands in the database."""
        evidence = self.evidence
        return Judgement(
            action=evidence.action,
            reason=evidence.reason,
            label=evidence.label,
            scores=evidence.scores,
            score=self._score(evidence.scores),
            facts=evidence.facts,
            model=evidence.model,
        )

    def again(self) -> Judgement:
        """The decision as it is made now.

        Where the policy had not been asked for a history, and now would be, it sees an empty one.
        """
        judged, now = self.judged, self.evidence.decided_at
        screened = screen(judged.message, self.policy.channel, Standing(), now=now)
        if screened is not None:
            judged = judged.unread(screened)
        outcome, _ = conclude(judged, self.policy.channel, self.evidence.history or History(), now)
        prediction = judged.prediction
        scores = scores_of(prediction) if prediction else {}
        return Judgement(
            action=outcome.action,
            reason=outcome.reason,
            label=prediction.label if prediction else None,
            scores=scores,
            score=self._score(scores),
            facts=judged.facts,
            model=(prediction.model, prediction.preprocessing) if prediction else (),
        )

    def _score(self, scores: Mapping[str, float]) -> float | None:
        if self.policy.channel.reply_when is ReplyWhen.NOT_POSITIVE:
            return 1 - scores["positive"] if "positive" in scores else None
        return scores.get(self.policy.channel.reply_when)


def begun(
    decision: PastDecision, snapshots: Mapping[str, PolicySnapshot], gates: Gates
) -> Repetition | Missing:
    """The repetition up to the classifier, which is only needed where no gate stops the text."""
    evidence, text = decision.evidence, decision.text
    if not decision.read:
        return Missing.UNREAD
    if text is None:
        return Missing.TEXT_GONE
    if evidence is None or not {evidence.policy, evidence.read_under} <= snapshots.keys():
        return Missing.UNREADABLE
    channel = snapshots[evidence.read_under].channel
    message = _message(decision.id, text, evidence)
    return Repetition(
        decision=decision.id,
        evidence=evidence,
        policy=snapshots[evidence.policy],
        judged=gates.look(message, channel, Standing(), now=evidence.read_at),
    )


def readable(stored: Mapping[str, str]) -> dict[str, PolicySnapshot]:
    """Those of the stored snapshots that can be read, and are what their hashes say."""
    snapshots = {}
    for key, text in stored.items():
        try:
            if digest(text) == key:
                snapshots[key] = PolicySnapshot.load(text)
        except ValueError:  # by a newer version, or by hand
            continue
    return snapshots


def _message(decision: int, text: str, evidence: Evidence) -> IncomingMessage:
    return IncomingMessage(
        ref=MessageRef(platform=Platform(NOBODY), channel_id=NOBODY, message_id=str(decision)),
        author=None,
        text=text,
        sent_at=evidence.sent_at,
        received_at=evidence.received_at,
        account=NOBODY,
    )
