"""What an audit needs: a store that is only read, the gates, and every model that is still here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.adapters.onnx import ThreadedClassifier
from bot.application.audit import Audit
from bot.application.ports import Classifier
from bot.application.records import Missing
from bot.bootstrap.inspection import reading
from bot.bootstrap.parts import model_folders
from bot.bootstrap.pipeline import gates
from bot.domain.errors import SettingsError
from bot.settings import Settings
from model.classifier import BASELINE
from model.errors import ModelError, UnsupportedPreprocessing
from model.manifest import verify
from model.registry import find


@asynccontextmanager
async def auditing(settings: Settings) -> AsyncIterator[Audit]:
    """An audit of the configured database; it may run beside a bot that works on it.

    Raises:
        SettingsError: the database does not exist, or is not up to date.
    """
    async with reading(settings) as store, Shelf(model_folders(settings)) as shelf:
        yield Audit(store=store, gates=gates(), shelf=shelf)


class Shelf:
    """`audit.ModelShelf` over folders of models. One is loaded at a time; decisions come in order of time."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._open = AsyncExitStack()
        self._loaded: tuple[str, Classifier | Missing] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def classifier(self, model: str, preprocessing: str) -> Classifier | Missing:
        """See `audit.ModelShelf`."""
        if self._loaded is None or self._loaded[0] != model:
            await self._open.aclose()
            self._loaded = model, await self._load(model)
        found = self._loaded[1]
        if not isinstance(found, Missing) and found.preprocessing != preprocessing:
            return Missing.PREPROCESSING_GONE
        return found

    async def _load(self, model: str) -> Classifier | Missing:
        try:
            if model != BASELINE:
                verify(find(model, self._folders))
            return await self._open.enter_async_context(ThreadedClassifier(model, self._folders))
        except UnsupportedPreprocessing:
            return Missing.PREPROCESSING_GONE
        except (ModelError, SettingsError):
            return Missing.MODEL_GONE
