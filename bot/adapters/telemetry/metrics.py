from collections.abc import Sequence
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from bot.domain.messages import Origin
from bot.domain.replies import ReplyState, Settlement
from bot.domain.verdicts import Verdict

_CLASSIFY_BUCKETS: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1)
_DECISION_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts and times for Prometheus, in a registry of their own: two of these share nothing.

    Args:
        version: the program's, for `solace_build_info`.
    """

    def __init__(self, *, version: str) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._decisions = Counter(
            "solace_decisions",
            "Recorded verdicts.",
            ("platform", "origin", "action", "reason"),
            registry=registry,
        )
        self._replies = Counter(
            "solace_replies",
            "Ends of attempts to send; pending = postponed.",
            ("platform", "state"),
            registry=registry,
        )
        self._notices = Counter(
            "solace_notices", "Events that an operator should read.", ("event",), registry=registry
        )
        self._decision = self._seconds(
            "decision", "From the receipt of a live message to its verdict.", _DECISION_BUCKETS
        )
        self._reply = self._seconds(
            "reply", "From the receipt of a live message to its reply being sent.", _DECISION_BUCKETS
        )
        self._classify = self._seconds(
            "classify", "Classification of one text, its share of the batch.", _CLASSIFY_BUCKETS
        )
        self._waiting = Gauge(
            "solace_intake_waiting", "Messages that wait for the intake.", registry=registry
        )
        self._measures: dict[str, Gauge] = {}
        Info("solace_build", "The running program.", registry=registry).info({"version": version})
        ProcessCollector(registry=registry)

    def judged(self, verdict: Verdict) -> None:
        """Count a verdict and the time it took."""
        platform, outcome = verdict.message.ref.platform, verdict.outcome
        self._decisions.labels(
            platform, verdict.origin.value, outcome.action.value, outcome.reason.value
        ).inc()
        if verdict.prediction is not None:
            self._classify.observe(verdict.milliseconds / 1000)
        if verdict.origin is Origin.LIVE:
            took = verdict.decided_at - verdict.message.received_at
            self._decision.observe(max(took.total_seconds(), 0))

    def settled(self, settlement: Settlement) -> None:
        """Count the end of an attempt to send."""
        self._replies.labels(settlement.reply.ref.platform, settlement.state.value).inc()
        if settlement.state is ReplyState.SENT:
            took = settlement.at - settlement.reply.received_at
            self._reply.observe(max(took.total_seconds(), 0))

    def waiting(self, messages: int) -> None:
        """The intake's queue as it is now."""
        self._waiting.set(messages)

    def noticed(self, event: str) -> None:
        """Count an event."""
        self._notices.labels(event).inc()

    def measured(self, name: str, value: float) -> None:
        """`solace_{name}`, which is there once it was measured."""
        gauge = self._measures.get(name)
        if gauge is None:
            gauge = Gauge(f"solace_{name}", "As last measured.", registry=self._registry)
            self._measures[name] = gauge
        gauge.set(value)

    def _seconds(self, name: str, meaning: str, buckets: Sequence[float]) -> Histogram:
        return Histogram(f"solace_{name}_seconds", meaning, buckets=buckets, registry=self._registry)

    def render(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)
