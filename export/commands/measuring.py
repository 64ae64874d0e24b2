"""How good a release is: evaluate, robustness."""

# ruff: noqa: PLC0415 - onnxruntime and scikit-learn take seconds; --help must not wait

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from export.commands.options import VERSION, Data, Model, Split, dataset, release_folder
from export.data import Dataset

commands = typer.Typer()


@commands.command()
def evaluate(
    data: Data,
    model: Model = VERSION,
    split: Split = "test",
    record: Annotated[
        bool, typer.Option(help="Write the numbers into the release's manifest and card.")
    ] = False,
) -> None:
    """Print the model's numbers with the baselines beside them."""
    evaluate_release(dataset(data), release_folder(model), split, record=record)


@commands.command()
def robustness(
    data: Data,
    model: Model = VERSION,
    split: Split = "dev",
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many comments.")] = None,
) -> None:
    """Print what the model loses under swapped, stretched, mistyped and other noisy characters."""
    from export import robustness as noisy
    from model.onnx import OnnxClassifier

    folder = release_folder(model)
    comments = noisy.sample(dataset(data).splits[split], limit)
    rows = list(noisy.measure(OnnxClassifier(folder), comments))
    title = f"{folder.name} on GoEmotions {split}, {len(comments.comments):,} comments"
    Console().print(noisy.table(rows, title))


def evaluate_release(data: Dataset, folder: Path, split: str, *, record: bool) -> None:
    """Print the release's and the baselines' numbers on one split, and write them down if asked to."""
    from export import evaluate as evaluation
    from export import release

    rows = [evaluation.model_row(folder, data, split), *evaluation.baseline_rows(data, split)]
    evaluation.show(rows, data, split)
    if record:
        (_, own), *others = rows
        release.record(folder, {split: own, **{f"{split}, {name}": numbers for name, numbers in others}})
