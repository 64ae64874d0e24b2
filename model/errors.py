"""What can be wrong with a released model. Each message names the file and says what to do.

ModelError
├── UnknownModel               no folder of that version; lists those that there are
├── ModelFileMissing           a file that the manifest names, or the manifest itself
├── ModelFileDamaged           a checksum differs, or a file with the right checksum cannot be loaded
├── ManifestUnreadable         not JSON, or not a manifest of ours
├── MisnamedModel              its folder has another name than the version in its manifest
├── UnsupportedPreprocessing   trained with another text preparation than this program has
├── DetectorMissing            the file of a language detector is not where its package had it
├── ProbesUnreadable           a file of the behavioural suite is not what it should be
└── PromotionError             a model cannot be taken into use, or given up
    ├── WorseModel             it does worse than the one in use; names every number
    ├── VersionTaken           another model of that version is there already
    ├── AlreadyInUse           nothing would change
    ├── NothingPromoted        there is no promotion to go back from
    ├── PromotionUnderWay      another process is at it
    ├── PromotedExchanged      the promoted model's folder holds another one now
    └── PromotionsUnreadable   the record of promotions is damaged
"""

from collections.abc import Sequence
from pathlib import Path


class ModelError(ValueError):
    """A model that cannot be used; trying again does not help."""


class UnknownModel(ModelError):
    """No such version."""

    def __init__(self, version: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no model {version!r}. Known versions: {', '.join(known)}.")


class ModelFileMissing(ModelError):
    """A file of the release is not there, or cannot be opened."""

    def __init__(self, path: Path, reason: str = "is missing") -> None:
        super().__init__(f"The model file {path} {reason}. Copy the whole model folder again.")


class ModelFileDamaged(ModelError):
    """A file of the release is not the one that was released."""

    def __init__(self, path: Path, reason: str = "its checksum is not the one in manifest.json") -> None:
        super().__init__(f"The model file {path} is damaged: {reason}. Copy the whole model folder again.")


class ManifestUnreadable(ModelError):
    """The manifest is there and makes no sense."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The manifest {path} cannot be read: {reason}. Copy the whole model folder again.")


class MisnamedModel(ModelError):
    """The folder's name and the manifest's version differ, so a decision would name the wrong model."""

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(
            f"The folder {folder} holds the model {version!r}. Rename the folder to {version}, "
            "or copy the model that you want into it again."
        )


class UnsupportedPreprocessing(ModelError):
    """The model expects texts prepared in another way."""

    def __init__(self, path: Path, wanted: str, offered: str) -> None:
        super().__init__(
            f"The model of {path} wants text preparation {wanted!r}, this program has {offered!r}. "
            "Choose another model, or the program's version that the model was made for."
        )


class DetectorMissing(ModelError):
    """Nobody can say which language a text is in."""

    def __init__(self, package: str, path: Path | None) -> None:
        found = f"has no {path}" if path else "is not installed"
        super().__init__(
            f"The language detector cannot be loaded: the package {package} {found}. "
            f"Install the version of {package} that Solace asks for."
        )


class ProbesUnreadable(ModelError):
    """The behavioural suite cannot be run as it stands."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The probes in {path} cannot be read: {reason}.")


class PromotionError(ModelError):
    """The model in use stays the one that it was."""


class WorseModel(PromotionError):
    """The candidate lost more than noise explains.

    Attributes:
        objections: a sentence for each number that fell too far.
    """

    def __init__(self, version: str, in_use: str, objections: Sequence[str]) -> None:
        self.objections = tuple(objections)
        found = "".join(f"\n  {objection}" for objection in objections)
        super().__init__(f"{version} is not taken into use instead of {in_use}:{found}")


class VersionTaken(PromotionError):
    """A version is one model, for ever: decisions are recorded under it."""

    def __init__(self, version: str, folder: Path) -> None:
        super().__init__(
            f"Another model of version {version!r} is in {folder}. Give the new one a version of its own."
        )


class AlreadyInUse(PromotionError):
    """The candidate is the model in use."""

    def __init__(self, version: str) -> None:
        super().__init__(f"{version} is the model in use already.")


class NothingPromoted(PromotionError):
    """The model in use is the one that came with the program."""

    def __init__(self) -> None:
        super().__init__("No model was promoted, so there is none to go back from.")


class PromotionUnderWay(PromotionError):
    """Two at once would overwrite each other's record."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another process changes the models in {folder}. Try again when it is done.")


class PromotedExchanged(PromotionError):
    """What would be run is not what was judged."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} does not hold the model any more that was promoted: its manifest is another. Copy "
            "that model's folder back, or give it up with `solace model rollback`."
        )


class PromotionsUnreadable(PromotionError):
    """Nobody can say which model is in use."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The record of promotions {path} cannot be read: {reason}. Put it back from a backup, "
            "or remove it to use the model that came with the program."
        )
