"""The composition root: the only place that names concrete adapters, and the owner of their lifecycles.

What is opened first is closed last: store, then intake, then deliveries, then sources. `serving.run`, the
whole bot, is not imported here: what only reads or classifies should not load a web server.
"""

from bot.bootstrap.auditing import auditing
from bot.bootstrap.inspection import (
    card,
    examine_database,
    examine_telegram,
    language_detector,
    migrate,
    models,
    promote,
    reading,
    roll_back,
)
from bot.bootstrap.pipeline import Solace, classifying, pipeline

__all__ = [
    "Solace",
    "auditing",
    "card",
    "classifying",
    "examine_database",
    "examine_telegram",
    "language_detector",
    "migrate",
    "models",
    "pipeline",
    "promote",
    "reading",
    "roll_back",
]
