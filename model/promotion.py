"""Which promoted model is in use, and how that changes: `DATA/models/VERSION/` and `promotions.jsonl`.

The record is the switch. A candidate is copied under a hidden name, checked, moved to its place, and only
then does one line more in `promotions.jsonl` put it into use; that file is replaced as a whole. So a kill
at any instant leaves the old model in use or the new one, and never one that nobody recorded. What it may
leave besides is a hidden draft, which the next change removes, or a whole model that is not in use.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from model.durable import copy_files, move_folder, replace_text, sync_folder
from model.errors import (
    AlreadyInUse,
    NothingPromoted,
    PromotedExchanged,
    PromotionsUnreadable,
    PromotionUnderWay,
    UnknownModel,
    VersionTaken,
    WorseModel,
)
from model.manifest import MANIFEST, PlainName, Sha256, sha256, verify
from model.registry import DEFAULT, find

RECORD = "promotions.jsonl"
_LOCK = ".lock"
_DRAFT = ".draft"

Judge = Callable[[str, Path], Sequence[str]]
"""From the version in use and the candidate's folder: a sentence for whatever got worse."""


class Change(BaseModel):
    """One line of the record.

    Attributes:
        by: the user of the operating system who asked for it.
        version: in use from then on.
        previous: in use until then.
        manifest: the checksum of the manifest that is in use from then on, which holds all the others.
        forced_despite: what got worse and was accepted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime
    by: str
    action: Literal["promote", "rollback"]
    version: PlainName
    previous: PlainName
    manifest: Sha256
    forced_despite: tuple[str, ...] = ()


def changes(models: Path) -> tuple[Change, ...]:
    """Everything that was recorded, oldest first; nothing where there is no record.

    Raises:
        PromotionsUnreadable: a line of it makes no sense, or it cannot be opened.
    """
    path = models / RECORD
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise PromotionsUnreadable(path, str(error)) from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Change.model_validate_json(line))
        except ValidationError as error:
            raise PromotionsUnreadable(path, f"line {number} is not a promotion") from error
    return tuple(found)


def in_use(models: Path) -> str:
    """The version that was promoted last and not given up since, else the one that came with the program.

    Raises:
        PromotionsUnreadable: nobody can say.
        PromotedExchanged: its folder beside the record holds another manifest than was recorded.
    """
    history = changes(models)
    version = (DEFAULT, *_standing(history))[-1]
    manifest = models / version / MANIFEST
    if history and manifest.is_file() and sha256(manifest) != history[-1].manifest:
        raise PromotedExchanged(models / version)
    return version


def promote(
    candidate: Path,
    models: Path,
    bundled: Path,
    *,
    judge: Judge,
    at: datetime,
    by: str,
    force: bool = False,
) -> Change:
    """Take the release in `candidate` into use, if `judge` has nothing against it or is overruled.

    What is judged is the copy that would be used. A version that is there already, bundled or promoted
    before, is not copied again.

    With `force` the judge is overruled, and what it said recorded; the files are verified all the same.

    Raises:
        PromotionError: nothing changed; see `model.errors`.
        ModelError: the candidate's files, or those of the model in use, are not whole.
        OSError: nothing changed.
    """
    version = verify(candidate).version
    with _alone(models):
        history = changes(models)
        previous = (DEFAULT, *_standing(history))[-1]
        if version == previous:
            raise AlreadyInUse(version)
        with _placed(candidate, version, models, bundled) as (folder, settle):
            objections = tuple(judge(previous, folder))
            if objections and not force:
                raise WorseModel(version, previous, objections)
            manifest = sha256(folder / MANIFEST)
            settle()
        change = Change(
            at=at,
            by=by,
            action="promote",
            version=version,
            previous=previous,
            manifest=manifest,
            forced_despite=objections,
        )
        _write(models, (*history, change))
    return change


def roll_back(models: Path, bundled: Path, *, at: datetime, by: str) -> Change:
    """Use the model again that was in use before the last promotion that still stands.

    Raises:
        NothingPromoted: none stands.
        ModelError: the model from before is gone or damaged; nothing changed.
        OSError: nothing changed.
    """
    if not changes(models):
        raise NothingPromoted
    with _alone(models):
        history = changes(models)
        *before, given_up = (DEFAULT, *_standing(history))
        if not before:
            raise NothingPromoted
        folder = find(before[-1], (models, bundled))
        verify(folder)
        change = Change(
            at=at,
            by=by,
            action="rollback",
            version=before[-1],
            previous=given_up,
            manifest=sha256(folder / MANIFEST),
        )
        _write(models, (*history, change))
    return change


def _standing(history: Sequence[Change]) -> list[str]:
    """Promoted and not given up, oldest first."""
    standing: list[str] = []
    for change in history:
        if change.action == "promote":
            standing.append(change.version)
        elif standing:
            standing.pop()
    return standing


@contextmanager
def _placed(
    candidate: Path, version: str, models: Path, bundled: Path
) -> Iterator[tuple[Path, Callable[[], None]]]:
    """The verified folder that would be used, and what gives it its place for good."""
    try:
        there = find(version, (models, bundled))
    except UnknownModel:
        there = None
    if there is not None:
        if sha256(there / MANIFEST) != sha256(candidate / MANIFEST):
            raise VersionTaken(version, there)
        verify(there)
        yield there, lambda: None
        return
    draft = models / _DRAFT
    draft.mkdir(mode=0o700)
    try:
        copy_files((MANIFEST, *verify(candidate).files), candidate, draft / version)
        verify(draft / version)
        yield draft / version, lambda: move_folder(draft / version, models / version)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(models: Path, history: Sequence[Change]) -> None:
    replace_text(models / RECORD, "".join(f"{change.model_dump_json()}\n" for change in history))


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Nobody else changes this folder meanwhile; the kernel lets go of the lock when the process dies."""
    models.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync_folder(models.parent)
    descriptor = os.open(models / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise PromotionUnderWay(models) from error
    else:
        shutil.rmtree(models / _DRAFT, ignore_errors=True)  # of one that was killed
        yield
    finally:
        os.close(descriptor)
