"""The one progress bar of the training side: what is done, how much is left, until when."""

from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")

console = Console(log_path=False)


def bar() -> Progress:
    """A bar with the elapsed and the remaining time; quiet where the output is not a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def track(items: Iterable[T], description: str) -> Iterator[T]:
    """The items, with a bar that follows them."""
    total = len(items) if isinstance(items, Sized) else None
    with bar() as progress:
        yield from progress.track(items, total=total, description=description)
