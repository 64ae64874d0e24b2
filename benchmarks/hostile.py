"""What the steps before the model cost for texts that are meant to be slow: `python -m benchmarks.hostile`.

Milliseconds of processor time, the best of several runs: the preparation of the text and the gates (crisis,
language, facts) that every message passes. Telegram takes 4,096 characters, a comment on Reddit 10,000, a
post there 40,000; a megabyte is what the HTTP API takes at most. The target is 50 ms a message.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "hostile.json"
LENGTHS = {"Telegram's longest": 4_096, "comment": 10_000, "longest post": 40_000, "a megabyte": 1_000_000}
RUNS = 3
TARGET = 50.0


def main() -> int:
    """Time every text at every length, print the slowest, and keep them all; 1 where the target is missed."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from hostile import GROWING

    steps = _steps()
    found: dict[str, dict[str, float]] = {}
    for label, length in LENGTHS.items():
        found[label] = {name: _milliseconds(steps, text(length)) for name, text in GROWING.items()}
        worst = sorted(found[label].items(), key=lambda item: -item[1])[:5]
        told = ", ".join(f"{name} {took:.0f}" for name, took in worst)
        sys.stdout.write(f"{label} ({length:,} characters), ms: {told}\n")
        sys.stdout.flush()
    RESULT.write_text(json.dumps({"target_ms": TARGET, "milliseconds": found}, indent=2) + "\n")
    most = max(found["comment"].values())
    return int(most > TARGET)


def _steps() -> Mapping[str, Callable[[str], object]]:
    from bot.domain.facts import facts_of
    from model.crisis import CrisisGate
    from model.language import LanguageFilter
    from model.preprocess import load_tables, preprocess

    load_tables()
    return {
        "preparation": preprocess,
        "crisis": CrisisGate(),
        "language": LanguageFilter(),
        "facts": lambda text: facts_of(text, language="en", crisis=False),
    }


def _milliseconds(steps: Mapping[str, Callable[[str], object]], text: str) -> float:
    """Of all steps together."""
    return round(sum(min(_once(step, text) for _ in range(RUNS)) for step in steps.values()), 2)


def _once(step: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    step(text)
    return 1000 * (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
