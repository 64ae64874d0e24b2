"""Released models as an operator handles them: read, verify, take into use, give up."""

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.application.releases import ModelChange
from bot.domain.errors import ModelRefused, SettingsError
from model.behaviour_cases import bundled_probes, load_suite
from model.classifier import BASELINE
from model.comparison import objections
from model.errors import ModelError, PromotedExchanged, PromotionsUnreadable, UnknownModel
from model.manifest import CARD, MANIFEST, verify
from model.promotion import Change, in_use, promote, roll_back
from model.registry import bundled_models, find


def promoted_or_default(models: Path) -> str:
    """The version that is run where the settings name none.

    Raises:
        SettingsError: the record of promotions is damaged, or the model is not the one that was promoted.
    """
    with _told():
        return in_use(models)


def model_card(version: str, folders: Sequence[Path]) -> str:
    """A verified model's card, in Markdown.

    Raises:
        SettingsError: there is no such model.
        ModelRefused: its files are not whole.
    """
    if version == BASELINE:
        return (
            "# baseline\n\nVersion 0 of the bot, kept as the yardstick: everyone is sad. It has no files.\n"
        )
    with _told():
        folder = find(version, folders)
        verify(folder)
        return (folder / CARD).read_text("utf-8")


def take_into_use(
    candidate: Path, folders: Sequence[Path], *, at: datetime, force: bool, probes: Path | None = None
) -> ModelChange:
    """Promote the release in `candidate`, unless it does worse than the one in use.

    Both are asked the cases of the folder `probes`, without one those that came with the program.

    Raises:
        SettingsError: there is no release.
        ModelRefused: it is not whole, or not good enough; nothing changed.
    """
    if not (candidate / MANIFEST).is_file():
        raise SettingsError(f"{candidate} is not the folder of a model: it has no {MANIFEST}")
    with _told():
        suite = load_suite(probes or bundled_probes())
        change = promote(
            candidate,
            folders[0],
            bundled_models(),
            judge=lambda version, folder: objections(version, folder, folders, suite),
            at=at,
            by=_who(),
            force=force,
        )
    return _told_change(change)


def give_up(folders: Sequence[Path], *, at: datetime) -> ModelChange:
    """Go back to the model from before the last promotion.

    Raises:
        ModelRefused: there was none, or it is not whole any more; nothing changed.
    """
    with _told():
        return _told_change(roll_back(folders[0], bundled_models(), at=at, by=_who()))


def _told_change(change: Change) -> ModelChange:
    return ModelChange(version=change.version, previous=change.previous, forced_despite=change.forced_despite)


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have a number and no name
        return f"uid {os.getuid()}"


@contextmanager
def _told() -> Iterator[None]:
    """The model's errors in our words: what an operator can put right, and what stays as it was."""
    try:
        yield
    except (UnknownModel, PromotionsUnreadable, PromotedExchanged) as error:
        raise SettingsError(str(error)) from error
    except ModelError as error:
        raise ModelRefused(str(error)) from error
