"""Pages to look at: eda, analyse."""

# ruff: noqa: PLC0415 - matplotlib takes seconds; --help must not wait

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from export.commands.options import OUT, VERSION, Comments, Data, Model, Out, dataset, release_folder
from export.data import Dataset
from model.manifest import TOKENIZER
from model.registry import bundled_models

commands = typer.Typer()


@commands.command()
def eda(data: Data, out: Out = OUT, comments: Comments = None) -> None:
    """Look at the data: a page with plots (OUT/eda.html) and its numbers (OUT/eda.json), no texts."""
    write_eda(dataset(data), out, comments or [])


@commands.command()
def analyse(
    data: Data,
    model: Model = VERSION,
    out: Out = OUT,
    seed: Annotated[int, typer.Option(help="Decides which comments words are taken out of.")] = 2020,
    words: Annotated[int, typer.Option(min=1, help="How many of the commonest words are taken out.")] = 800,
    comments: Annotated[
        int | None, typer.Option(min=20, help="Read only so many comments of dev. [default: all]")
    ] = None,
) -> None:
    """Look at the model: words, identities and cues that move its scores, to OUT/analysis.html and .json."""
    from export.analysis import report
    from model.onnx import OnnxClassifier

    classifier = OnnxClassifier(release_folder(model))
    effort = report.Effort(comments=comments, words=words, seed=seed)
    typer.echo(f"Report on the model: {report.analyse(classifier, dataset(data).splits['dev'], out, effort)}")


def write_eda(data: Dataset, out: Path, comments: Sequence[Path] = ()) -> None:
    """Write the report on the data."""
    from export.eda import report

    tokenizer = bundled_models() / VERSION / TOKENIZER
    typer.echo(f"Report on the data: {report.write(data, out, tokenizer=tokenizer, comments=comments)}")
