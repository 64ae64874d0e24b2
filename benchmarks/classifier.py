"""How fast the classifier is, beside the same weights in transformers, plain ONNX Runtime, and naive int8.

    python -m benchmarks.classifier [--data …/goemotions] [--posts long_10k.csv.gz] [--trained …/trained.pt]

All systems take turns, block by block, in one process; memory is that of a process of its own for each.
Needs the training extra, and a machine that does nothing else. See README.md beside this file.
"""

import argparse
import csv
import gzip
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

from rich.console import Console

from benchmarks.sentences import sentences
from benchmarks.systems import SYSTEMS, Files, System
from benchmarks.timings import Timings

_ONES, _WARM = 50, 5  # comments of a block, and calls before it that do not count
_MEMORY = 300  # comments after which a process has what it needs
_POST_WORDS = 200  # made-up posts have at least so many


def singles(
    systems: Mapping[str, System], texts: Sequence[str], timings: Timings, *, kind: str, number: int
) -> None:
    """One comment a call, the systems in turn, each block beginning with another system."""
    names = list(systems)
    for turn, start in enumerate(range(0, number, _ONES)):
        block = [texts[place % len(texts)] for place in range(start, min(start + _ONES, number))]
        for name in _rotated(names, turn):
            for text in block[:_WARM]:
                systems[name].one(text)
            for text in block:
                wall, own = perf_counter(), thread_time()
                systems[name].one(text)
                timings.single(kind, name, perf_counter() - wall, thread_time() - own)


def throughput(
    crews: Mapping[str, Sequence[System]], texts: Sequence[str], timings: Timings, *, kind: str, rounds: int
) -> None:
    """Everything at once on as many threads as a crew has members, the systems in turn."""
    names = list(crews)
    for turn in range(rounds):
        for name in _rotated(names, turn):
            crew = crews[name]
            shares = [texts[member :: len(crew)] for member in range(len(crew))]
            with ThreadPoolExecutor(len(crew)) as threads:
                wall, own = perf_counter(), process_time()
                list(threads.map(lambda pair: pair[0].many(pair[1]), zip(crew, shares, strict=True)))
                timings.bulk(kind, name, len(crew), len(texts), perf_counter() - wall, process_time() - own)


def memory(files: Files, texts: Sequence[str]) -> dict[str, float]:
    """Resident megabytes of a process with one system, by name."""
    found = {}
    for name in SYSTEMS:
        command = [sys.executable, "-m", "benchmarks.resident", name]
        command += [str(value) for value in asdict(files).values()]
        done = subprocess.run(
            command, input="\n".join(texts), capture_output=True, text=True, check=True, cwd=_root()
        )
        found[name] = float(done.stdout)
    return found


def main() -> None:
    """Measure, show, and write."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # a core is a core, also for who tokenises in batches
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        files = _prepare(options, Path(folder))
        comments, posts = (
            _comments(options.data, options.comments),
            _posts(options.posts, options.posts_number),
        )
        timings = Timings()
        systems = _built(files)
        singles(systems, comments, timings, kind="comments", number=options.singles)
        if posts:
            singles(systems, posts, timings, kind="posts", number=len(posts))
        second = _built(files)
        for cores in (1, 2):
            crews = {name: [systems[name], second[name]][:cores] for name in systems}
            throughput(crews, comments, timings, kind="comments", rounds=options.rounds)
        timings.megabytes = memory(files, comments[:_MEMORY])
    _report(options, timings, comments, posts)


def _report(
    options: argparse.Namespace, timings: Timings, comments: Sequence[str], posts: Sequence[str]
) -> None:
    from benchmarks import speed_report

    machine: dict[str, Any] = {
        "model": options.model,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "comments": f"{len(comments):,} of {'GoEmotions' if options.data else 'made-up sentences'}",
        "posts": f"{len(posts):,} {'given' if options.posts else 'made up'}",
    }
    Console(width=140).print(speed_report.tables(timings, machine))
    options.out.mkdir(parents=True, exist_ok=True)
    speed_report.write(timings, machine, options.out)
    print(f"Written: {options.out}/classifier.json, {options.out}/classifier.png")


def _prepare(options: argparse.Namespace, folder: Path) -> Files:
    """Every file that a system needs; what was not given is made."""
    import torch

    from benchmarks import weights
    from export.network import encoder_folder
    from model.manifest import verify
    from model.registry import bundled_models, find

    release = Path(options.model) if Path(options.model).is_dir() else find(options.model, [bundled_models()])
    manifest, encoder = verify(release), encoder_folder(options.base)
    if options.trained:
        network = weights.trained(options.trained, encoder, manifest.max_tokens)
    else:
        network = weights.released(release, encoder)
    torch.save(network.state_dict(), folder / "weights.pt")
    fp32 = options.fp32
    if fp32 is None:
        fp32 = folder / "fp32.onnx"
        weights.plain_fp32(network, fp32)
    weights.naive_int8(fp32, folder / "naive.onnx")
    return Files(
        release=release.absolute(),
        weights=folder / "weights.pt",
        encoder=encoder.absolute(),
        fp32=fp32.absolute(),
        naive=folder / "naive.onnx",
        max_tokens=manifest.max_tokens,
    )


def _built(files: Files) -> dict[str, System]:
    return {name: build(files) for name, build in SYSTEMS.items()}


def _comments(data: Path | None, number: int | None) -> list[str]:
    if data is None:
        return list(islice(sentences(seed=1, sad=0.3), number or 2_000))
    lines = (data / "test.tsv").read_text("utf-8").split("\n")  # the texts alone: no label is looked at
    return [line.split("\t")[0] for line in lines if line][:number]


def _posts(file: Path | None, number: int) -> list[str]:
    if file is None:
        return list(islice(_made_up_posts(), number))
    opened: Callable[..., Any] = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", newline="") as rows:
        return [row["body"] for row in islice(csv.DictReader(rows), number)]


def _made_up_posts() -> Iterator[str]:
    source = sentences(seed=2, sad=0.3)
    while True:
        post = ""
        while len(post.split()) < _POST_WORDS:
            post += f" {next(source)}"
        yield post


def _rotated(names: Sequence[str], turn: int) -> list[str]:
    return [*names[turn % len(names) :], *names[: turn % len(names)]]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _root() -> Path:
    return Path(__file__).parent.parent


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--model", default="minilm-3", help="a bundled version or a folder; default: %(default)s"
    )
    parser.add_argument(
        "--data", type=Path, help="GoEmotions; the texts of test.tsv are timed, no label is read"
    )
    parser.add_argument("--posts", type=Path, help="CSV (.gz) with a column `body`; default: made-up posts")
    parser.add_argument(
        "--trained", type=Path, help="trained.pt of that model; default: its int8 weights as reals"
    )
    parser.add_argument("--fp32", type=Path, help="its model.fp32.onnx; default: exported from those weights")
    parser.add_argument(
        "--base", type=Path, help="folder of the base encoder; default: the installed package"
    )
    parser.add_argument("--comments", type=int, help="how many comments; default: all, or 2,000 made-up ones")
    parser.add_argument(
        "--singles", type=int, default=1_000, help="calls with one comment; default: %(default)s"
    )
    parser.add_argument("--posts-number", type=int, default=200, help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="of the throughput; default: %(default)s")
    parser.add_argument(
        "--out", type=Path, default=_root() / "benchmarks/results", help="default: %(default)s"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
