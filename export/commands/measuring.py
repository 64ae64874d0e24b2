"""How good a release and its filters are: evaluate, behaviour, examine, robustness and more."""

# ruff: noqa: PLC0415 - onnxruntime and scikit-learn take seconds; --help must not wait

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from export.commands.options import (
    OUT,
    VERSION,
    Base,
    Comments,
    Data,
    Model,
    Out,
    Split,
    dataset,
    release_folder,
)
from export.data import Dataset
from model.classifier import Classifier

commands = typer.Typer()


@commands.command()
def evaluate(
    data: Data,
    model: Model = VERSION,
    split: Split = "test",
    record: Annotated[
        bool, typer.Option(help="Write the numbers into the release's manifest and card.")
    ] = False,
    previous: Annotated[
        Path | None, typer.Option(help="What --save wrote of an earlier release, to be compared with.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write what the model says of dev and test to this .npz instead.")
    ] = None,
) -> None:
    """Print the model's numbers with the baselines beside them, and whether it leads beyond luck."""
    if save is not None:
        from export.significance import save_outputs

        save_outputs(release_folder(model), dataset(data), save)
        return
    evaluate_release(dataset(data), release_folder(model), split, record=record, previous=previous)


@commands.command()
def behaviour(
    model: Model = VERSION,
    locked: Annotated[bool, typer.Option(help="The locked half too: once, for a release.")] = False,
    failures: Annotated[bool, typer.Option(help="List the failed cases of the open half.")] = False,
) -> None:
    """Run the behavioural suite: what a model must be able to do, ignore and follow."""
    from export.behaviour import show
    from model.behaviour import run
    from model.behaviour_cases import bundled_suite

    show(run(_classifier(model), bundled_suite(), locked=locked), failures=failures)


@commands.command()
def examine(
    data: Data,
    model: Model = VERSION,
    locked: Annotated[bool, typer.Option(help="The locked half too: once, for a release.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Disturb only so many comments of dev. [default: all]")
    ] = None,
) -> None:
    """Measure behaviour, sources, robustness and identity gaps, into the manifest and the card."""
    from export import examine as examination
    from export import release
    from export.robustness import sample

    folder = release_folder(model)
    tables = examination.examine(folder, sample(dataset(data).splits["dev"], limit), locked=locked)
    release.record(folder, tables)
    for title, table in tables.items():
        typer.echo(f"{title}: " + ", ".join(f"{name} {value:g}" for name, value in table.items()))


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


@commands.command()
def language(
    data: Data,
    comments: Comments = None,
    sample: Annotated[int, typer.Option(min=1, help="English comments of train and dev to look at.")] = 3000,
    seed: Annotated[int, typer.Option(help="Decides which ones.")] = 2020,
) -> None:
    """Print how often the language filter rejects English and lets other languages through; counts only."""
    from export.languages import measure

    for tally in measure(dataset(data), comments or [], sample=sample, seed=seed):
        typer.echo(str(tally))


@commands.command()
def crisis(
    comments: Annotated[
        list[Path] | None,
        typer.Option(help="A CSV file with a column body or text, or a TSV file; may be gzipped."),
    ] = None,
) -> None:
    """Print what the crisis gate finds and misses among its probes, and how many comments it flags."""
    from export.crisis import report
    from model.crisis import CrisisGate

    for line in report(CrisisGate(), comments or []):
        typer.echo(line)


@commands.command("explain-check")
def explain_check(
    data: Data,
    out: Out = OUT,
    base: Base = None,
    model: Annotated[
        str, typer.Option(help="The release of OUT/trained.pt: a bundled version, or a folder.")
    ] = VERSION,
    sample: Annotated[int, typer.Option(min=1, help="Comments of dev to look at.")] = 200,
    seed: Annotated[int, typer.Option(help="Decides which ones, and the random orders.")] = 2020,
) -> None:
    """Print how far the words that "decided" do decide, beside integrated gradients and a random order."""
    from export.attribution import check_release
    from export.network import encoder_folder

    texts = [comment.text for comment in dataset(data).splits["dev"].comments]
    found = check_release(release_folder(model), out, encoder_folder(base), texts, sample=sample, seed=seed)
    for line in found.lines():
        typer.echo(line)


def _classifier(model: str) -> Classifier:
    """The classifier of a release's folder, of a bundled version, or the baseline."""
    from model.registry import bundled_models, load_classifier

    folder = Path(model).absolute()
    return (
        load_classifier(folder.name, [folder.parent])
        if folder.is_dir()
        else load_classifier(model, [bundled_models()])
    )


def evaluate_release(
    data: Dataset, folder: Path, split: str, *, record: bool, previous: Path | None = None
) -> None:
    """Print the release's and the baselines' numbers on one split, and write them down if asked to."""
    from export import evaluate as evaluation
    from export import release
    from export.significance import differences, released
    from model.manifest import verify

    baselines = evaluation.built_baselines(data)
    manifest, found = verify(folder), evaluation.said(folder, data, ("dev", split))
    own_row = evaluation.model_row(manifest, found, data, split)
    rows = [own_row, *evaluation.baseline_rows(baselines, data, split)]
    evaluation.show(rows, data, split)
    ours = released(manifest, found[split][0])
    leads = differences(ours, data, split, baselines=baselines, previous=previous)
    for title, table in leads.items():
        typer.echo(f"{title}: " + ", ".join(f"{name} {value:+.4f}" for name, value in table.items()))
    if record:
        (_, own), *others = rows
        beside = {f"{split}, {name}": numbers for name, numbers in others}
        release.record(folder, {split: own, **beside, **leads})
