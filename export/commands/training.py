"""From labelled comments to a release: train, distil, onnx, all."""

# ruff: noqa: PLC0415 - torch takes seconds; --help must not wait

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from export.commands.measuring import evaluate_release
from export.commands.options import (
    OUT,
    VERSION,
    Base,
    Comments,
    Data,
    Epochs,
    Out,
    Seed,
    Steps,
    Threads,
    Version,
    dataset,
    plain_name,
)
from export.commands.reports import write_eda
from export.data import Dataset

commands = typer.Typer()

Teacher = Annotated[
    Path, typer.Option(help="A local Hugging Face folder of a larger encoder, such as all-mpnet-base-v2.")
]
Also = Annotated[
    list[Path] | None,
    typer.Option(
        help="A folder in which `train` left another teacher on the student's encoder; may be given again. "
        "All of these together weigh .4, the larger teacher .6."
    ),
]


Extra = Annotated[
    Path | None,
    typer.Option(help="Go on from a trained model on this feedback: JSON lines of text and label."),
]
Start = Annotated[
    Path | None,
    typer.Option("--from", help="With --extra: the trained.pt to go on from. [default: the bundled model]"),
]
Candidate = Annotated[
    str | None,
    typer.Option(help="With --extra: the name of the candidate, below OUT/further.", callback=plain_name),
]


@commands.command()
def train(
    data: Data,
    out: Out = OUT,
    base: Base = None,
    epochs: Epochs = 2,
    seed: Seed = 2020,
    steps: Steps = None,
    threads: Threads = 2,
    extra: Extra = None,
    start: Start = None,
    version: Candidate = None,
) -> None:
    """Train the groups and the emotions together; goes on from OUT/checkpoint.pt when interrupted.

    With --extra, the outcome is a candidate in OUT/further, for `solace model promote`.
    """
    loaded = dataset(data)
    plan: dict[str, Any] = {"epochs": epochs, "seed": seed, "limit_steps": steps, "threads": threads}
    if extra is None:
        if start is not None or version is not None:
            raise typer.BadParameter("--from and --version belong to --extra")
        _train(loaded, out, base, **plan)
        return
    from export.candidate import candidate

    where = candidate(loaded, extra, base=base, out=out / "further", start=start, version=version, **plan)
    typer.echo(f"A candidate: {where}. `solace model promote {where}` takes it into use, if it is no worse.")


@commands.command()
def distil(
    data: Data,
    teacher: Teacher,
    also: Also = None,
    comments: Comments = None,
    out: Out = OUT,
    base: Base = None,
    epochs: Annotated[int, typer.Option(min=1, help="The student's passes.")] = 4,
    teacher_epochs: Annotated[int, typer.Option(min=1, help="The teacher's passes.")] = 1,
    seed: Seed = 2020,
    steps: Steps = None,
    threads: Threads = 2,
) -> None:
    """Train a larger teacher, label with it, and train the student on that; goes on when interrupted."""
    from export.augment import Recipe
    from export.distil import STUDENT, TEACHER, distil, teachers_of
    from export.network import encoder_folder
    from export.soft_labels import Teacher as Trained
    from export.train import train_on

    loaded = dataset(data)
    large, small = encoder_folder(teacher), encoder_folder(base)
    limits: dict[str, Any] = {"limit_steps": steps, "threads": threads}
    train_on(loaded, replace(TEACHER, epochs=teacher_epochs, **limits), large, out / "teacher")
    trained = distil(
        plan=replace(STUDENT, epochs=epochs, seed=seed, **limits),
        recipe=Recipe(),
        data=loaded,
        unlabelled=_unlabelled(loaded, comments or []),
        teachers=teachers_of(
            Trained(folder=out / "teacher", encoder=large),
            [Trained(folder=folder, encoder=small) for folder in also or []],
        ),
        encoder=small,
        out=out,
    )
    typer.echo(f"Trained: {trained}")


@commands.command()
def soup(
    first: Annotated[Path, typer.Argument(help="A folder in which a training left its weights.")],
    second: Annotated[Path, typer.Argument(help="Another one, from the same start: encoder, data and seed.")],
    out: Out = OUT,
    share: Annotated[float, typer.Option(min=0, max=1, help="How much of FIRST.")] = 0.65,
) -> None:
    """Average the weights of two trainings, for `onnx` to release."""
    from export.soup import soup as cooked

    typer.echo(f"Averaged: {cooked(first, second, out, share=share)}")


@commands.command()
def onnx(data: Data, out: Out = OUT, base: Base = None, version: Version = VERSION) -> None:
    """Calibrate on dev, export to ONNX, quantise to int8, verify, and write the release to OUT/VERSION.

    Ends with code 1 and without a release where int8 differs too much from fp32, or is too large.
    """
    _release(dataset(data), out, base, version)


@commands.command("all")
def everything(
    data: Data,
    out: Out = OUT,
    base: Base = None,
    version: Version = VERSION,
    epochs: Epochs = 2,
    seed: Seed = 2020,
    steps: Steps = None,
    threads: Threads = 2,
) -> None:
    """All steps in their order, without a teacher; the release is in OUT/VERSION."""
    loaded = dataset(data)
    write_eda(loaded, out)
    _train(loaded, out, base, epochs=epochs, seed=seed, limit_steps=steps, threads=threads)
    folder = _release(loaded, out, base, version)
    evaluate_release(loaded, folder, "test", record=True)
    typer.echo(f"To ship it, copy {folder} to model/artifacts/." if steps is None else "Only a trial.")


def _unlabelled(data: Dataset, comments: list[Path]) -> list[str]:
    from export.distil import TEACHER
    from export.unlabelled import read_comments

    held_out = [data.splits["dev"], data.splits["test"]]
    texts = read_comments(comments, held_out=held_out, seed=TEACHER.seed)
    typer.echo(f"unlabelled: {len(texts):,} comments")
    return texts


def _train(data: Dataset, out: Path, base: Path | None, **plan: Any) -> None:
    from export.checkpoint import Plan
    from export.network import encoder_folder
    from export.train import train_on

    typer.echo(f"Trained: {train_on(data, Plan(**plan), encoder_folder(base), out)}")


def _release(data: Dataset, out: Path, base: Path | None, version: str) -> Path:
    from export.network import encoder_folder, encoder_name
    from export.release import release

    encoder = encoder_folder(base)
    return release(data=data, encoder=encoder, base_encoder=encoder_name(base), out=out, version=version)
