"""From feedback to a candidate: read, train further, release; `solace model promote` decides the rest."""

from pathlib import Path

from export.checkpoint import Plan
from export.data import Dataset
from export.dequantise import recovered
from export.feedback import Feedback, read
from export.further import HEAD_LEARNING_RATE, LEARNING_RATE, Start, further, start_from
from export.network import encoder_folder, encoder_name
from export.progress import console
from export.release import release
from model.registry import DEFAULT, bundled_models

_COMPARED = 64  # comments of dev on which recovered weights are compared


def candidate(
    data: Dataset,
    feedback: Path,
    *,
    base: Path | None,
    out: Path,
    start: Path | None,
    version: str | None,
    epochs: int,
    seed: int,
    limit_steps: int | None,
    threads: int,
) -> Path:
    """Train on from `start`, a `trained.pt`, or else from the bundled model, and release what comes out.

    Returns:
        The release's folder: `out` / `version`, which without one is named for the feedback.

    Raises:
        ExportError: the feedback, the start or the outcome is not good enough; see `export.errors`.
    """
    plan = Plan(
        epochs=epochs,
        seed=seed,
        limit_steps=limit_steps,
        threads=threads,
        learning_rate=LEARNING_RATE,
        head_learning_rate=HEAD_LEARNING_RATE,
    )
    held_out = [*data.splits["dev"].texts, *data.splits["test"].texts]
    found = _shown(read(feedback, held_out=held_out))
    encoder = encoder_folder(base)
    begin = start_from(start) if start is not None else _bundled(data, encoder)
    further(plan=plan, data=data, feedback=found, start=begin, encoder=encoder, out=out)
    name = version or f"{DEFAULT}-{found.sha256[:8]}"
    return release(data=data, encoder=encoder, base_encoder=encoder_name(base), out=out, version=name)


def _bundled(data: Dataset, encoder: Path) -> Start:
    texts = data.splits["dev"].texts[:_COMPARED]
    return Start(name=DEFAULT, weights=recovered(bundled_models() / DEFAULT, encoder, texts))


def _shown(feedback: Feedback) -> Feedback:
    for note in feedback.notes:
        console.print(note, markup=False)
    console.print(f"{len(feedback.texts)} texts of feedback")
    return feedback
