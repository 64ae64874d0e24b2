"""What operators see: one log line a judged comment, and metrics. Never a text, an author or a token."""

from bot.adapters.telemetry.logs import configure_logging
from bot.adapters.telemetry.metrics import Metrics
from bot.adapters.telemetry.port import StructlogTelemetry

__all__ = ["Metrics", "StructlogTelemetry", "configure_logging"]
