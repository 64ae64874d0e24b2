import logging
from importlib import metadata
from typing import Any

import structlog

from bot.adapters.telemetry.logs import LOGGER
from bot.adapters.telemetry.metrics import Metrics
from bot.domain.messages import MessageRef
from bot.domain.replies import Settlement
from bot.domain.verdicts import Verdict


class StructlogTelemetry:
    """Logs through structlog and counts for Prometheus. Satisfies `ports.Telemetry`.

    Where the lines go is decided by `configure_logging`; before it was called, none appear.

    Args:
        version: the program's; by default that of the installed package.
    """

    def __init__(self, *, version: str | None = None) -> None:
        self._metrics = Metrics(version=version or _installed_version())
        self._log: structlog.stdlib.BoundLogger = structlog.wrap_logger(
            logging.getLogger(LOGGER),
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
        )

    def judged(self, verdict: Verdict) -> None:
        """One line a judged message, without its text or author."""
        self._metrics.judged(verdict)
        self._log.info(
            "judged",
            ref=_shown_ref(verdict.ref, private=verdict.message.private, crisis=_in_crisis(verdict)),
            origin=verdict.origin.value,
            arm=verdict.arm,
            action=verdict.outcome.action.value,
            reason=verdict.outcome.reason.value,
            **_score(verdict),
            milliseconds=round(verdict.milliseconds, 2),
        )

    def settled(self, settlement: Settlement) -> None:
        """One line an attempt to send, without what was said."""
        self._metrics.settled(settlement)
        detail = {"detail": settlement.detail} if settlement.detail else {}
        reply = settlement.reply
        ref = _shown_ref(reply.ref, private=reply.private, crisis=reply.card)
        self._log.info("settled", ref=ref, state=settlement.state.value, **detail)

    def waiting(self, messages: int) -> None:
        """How many messages wait for the intake."""
        self._metrics.waiting(messages)

    def noticed(self, event: str, **fields: object) -> None:
        """A line for the operator: a warning where it tells of an error.

        An exception under any name but `exc_info` shows its class alone: its message may quote somebody.
        """
        self._metrics.noticed(event)
        log = self._log.warning if fields.keys() & {"error", "exc_info"} else self._log.info
        log(event, **{name: _shown(name, value) for name, value in fields.items()})

    def measured(self, name: str, value: float) -> None:
        """How much of something there is now: a metric, and no line."""
        self._metrics.measured(name, value)

    def render_metrics(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return self._metrics.render()


def _shown_ref(ref: MessageRef, *, private: bool, crisis: bool) -> str:
    """In public places a message's id leads to who wrote it: nobody's crisis is told by it."""
    shown = ref.shown(private=private)
    return f"{shown.removesuffix(ref.message_id)}crisis" if crisis else shown


def _in_crisis(verdict: Verdict) -> bool:
    return verdict.facts is not None and verdict.facts.crisis


def _score(verdict: Verdict) -> dict[str, Any]:
    if verdict.prediction is None or verdict.score is None:
        return {}
    return {"score": round(verdict.score, 3), "model": verdict.prediction.model}


def _shown(name: str, value: object) -> object:
    return type(value).__name__ if isinstance(value, BaseException) and name != "exc_info" else value


def _installed_version() -> str:
    try:
        return metadata.version("solace-bot")
    except metadata.PackageNotFoundError:
        return "unknown"
