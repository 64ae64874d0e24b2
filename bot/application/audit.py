"""Recorded decisions are made again, and compared with what was recorded. Nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from bot.application.ports import Classifier, Store
from bot.application.reading import Gates
from bot.application.records import Missing, PastDecision
from bot.application.repetition import Repetition, begun, readable
from bot.domain.audit import Agreement, Comparison, Difference, Judgement, compare
from bot.domain.messages import Origin
from bot.domain.snapshots import PolicySnapshot

PAGE: Final = 128
"""Decisions read at once; with texts cut to what a gate looks at, a few megabytes at most."""


class ModelShelf(Protocol):
    """Classifiers by version: whichever a decision was made by."""

    async def classifier(self, model: str, preprocessing: str) -> Classifier | Missing:
        """That classifier, ready until the next is asked for; or what of it is not here any more."""
        ...


@dataclass(slots=True, kw_only=True)
class AuditSummary:
    """What became of the decisions.

    Attributes:
        decisions: looked at: all that were made again, and all that could not be.
        missing: how many could not be made again, and why.
        agreements: how many were made again, and how they compare.
        differences: how many of those that are not the same differ in what; some differ in several things.
        moved: how far the furthest score moved.
    """

    decisions: int = 0
    missing: Counter[Missing] = field(default_factory=Counter)
    agreements: Counter[Agreement] = field(default_factory=Counter)
    differences: Counter[Difference] = field(default_factory=Counter)
    moved: float = 0.0

    def add(self, comparison: Comparison) -> None:
        """One more that was made again."""
        self.agreements[comparison.agreement] += 1
        self.differences.update(comparison.differences)
        self.moved = max(self.moved, comparison.moved or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A decision that would not be made again as it stands. Its row is all that says which one it is."""

    decision: int
    model: str
    recorded: Judgement
    again: Judgement
    comparison: Comparison


class Audit:
    """Makes recorded decisions again.

    Args:
        store: only read.
        gates: the same as the intake's.
        shelf: classifiers by version.
    """

    def __init__(self, *, store: Store, gates: Gates, shelf: ModelShelf) -> None:
        self._store = store
        self._gates = gates
        self._shelf = shelf

    async def run(
        self,
        *,
        since: datetime,
        origin: Origin,
        found: Callable[[Finding], None],
        advanced: Callable[[int, int], None],
    ) -> AuditSummary:
        """Go through the decisions that stand there now, a page at a time.

        Args:
            since: only those made then or later.
            origin: of live messages, or of replayed ones.
            found: told of every decision that differs, near a threshold or not.
            advanced: told how many decisions were looked at, and of how many.

        Raises:
            StoreError: the database could not be read.
        """
        summary = AuditSummary()
        stretch = await self._store.read(lambda queries: queries.stretch(since=since, origin=origin))
        after = (since, 0)
        while decisions := await self._page(origin, after, stretch.last_id):
            for finding in await self._examine(decisions, summary):
                found(finding)
            after = (decisions[-1].decided_at, decisions[-1].id)
            summary.decisions += len(decisions)
            advanced(summary.decisions, stretch.count)
        return summary

    async def _page(
        self, origin: Origin, after: tuple[datetime, int], last_id: int
    ) -> Sequence[PastDecision]:
        return await self._store.read(
            lambda queries: queries.past_decisions(origin=origin, after=after, last_id=last_id, limit=PAGE)
        )

    async def _examine(self, decisions: Sequence[PastDecision], summary: AuditSummary) -> list[Finding]:
        snapshots = await self._snapshots(decisions)
        repetitions = []
        for decision in decisions:
            repetition = begun(decision, snapshots, self._gates)
            if isinstance(repetition, Missing):
                summary.missing[repetition] += 1
            else:
                repetitions.append(repetition)
        done = await self._classified(repetitions, summary)
        findings = [_finding(each) for each in sorted(done, key=lambda each: each.decision)]
        for finding in findings:
            summary.add(finding.comparison)
        return [each for each in findings if each.comparison.differences]

    async def _snapshots(self, decisions: Sequence[PastDecision]) -> Mapping[str, PolicySnapshot]:
        named = [each.evidence for each in decisions if each.evidence]
        digests = {each.policy for each in named} | {each.read_under for each in named}
        return readable(await self._store.read(lambda queries: queries.policies(digests)))

    async def _classified(self, repetitions: Sequence[Repetition], summary: AuditSummary) -> list[Repetition]:
        """All that can be concluded: those that a gate stops now, and those whose model is still here."""
        done = [each for each in repetitions if each.judged.early is not None]
        waiting: dict[tuple[str, str], list[Repetition]] = defaultdict(list)
        for each in repetitions:
            if each.judged.early is None:
                waiting[each.policy.model, each.policy.preprocessing].append(each)
        for versions, several in waiting.items():
            classifier = await self._shelf.classifier(*versions)
            if isinstance(classifier, Missing):
                summary.missing[classifier] += len(several)
            else:
                done += await _classify(classifier, several)
        return done


async def _classify(classifier: Classifier, repetitions: Sequence[Repetition]) -> list[Repetition]:
    predictions = await classifier.classify([each.judged.message.text for each in repetitions])
    return [each.classified(prediction) for each, prediction in zip(repetitions, predictions, strict=True)]


def _finding(repetition: Repetition) -> Finding:
    recorded, again = repetition.recorded(), repetition.again()
    return Finding(
        decision=repetition.decision,
        model=repetition.policy.model,
        recorded=recorded,
        again=again,
        comparison=compare(recorded, again, threshold=repetition.threshold),
    )
