"""Runs the model beside the event loop, and says in the domain's words what it found."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

from bot.adapters.batch import Batch
from bot.application.doctor import ModelStatus
from bot.domain.decisions import Prediction, ReplyThresholds, ReplyWhen, Sensitivity
from bot.domain.errors import SettingsError
from model.classifier import BASELINE, Classifier, Scores, Thresholds, label_groups
from model.errors import ModelError, UnknownModel
from model.explain import explain
from model.manifest import verify
from model.registry import bundled_models, find, load_classifier, versions

WORKERS: Final = 2
"""Two sessions of one thread each: two threads in one session gain only a factor of 1.4."""


class ThreadedClassifier:
    """The classifier of one version, on threads of its own.

    Satisfies `ports.Classifier` and `classify.Explainer` while it is entered.

    Each thread has its own session, and takes the next few texts when it is done with some; see
    `batch`. The baseline does with one thread.

    Args:
        version: a released model's, or "baseline".
        folders: where models are looked for, in this order.
        workers: how many threads and sessions.
        load: gives one more classifier of that version.

    Raises:
        SettingsError: on entering, when there is no such model or its files are damaged.
    """

    def __init__(
        self,
        version: str,
        folders: Sequence[Path],
        *,
        workers: int = WORKERS,
        load: Callable[[str, Sequence[Path]], Classifier] = load_classifier,
    ) -> None:
        self._version = version
        self._folders = tuple(folders)
        self._load = load
        self._workers = 1 if version == BASELINE else workers
        self._classifiers: list[Classifier] = []
        self._idle: SimpleQueue[Classifier] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        threads = ThreadPoolExecutor(self._workers, thread_name_prefix="classifier")
        loading = [threads.submit(self._load, self._version, self._folders) for _ in range(self._workers)]
        try:
            self._classifiers = list(await asyncio.gather(*map(asyncio.wrap_future, loading)))
        except BaseException as error:
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)
            if isinstance(error, UnknownModel):
                raise SettingsError(
                    f"SOLACE_MODEL: is none of {', '.join(versions(self._folders))}"
                ) from None
            if isinstance(error, ModelError):
                raise SettingsError(f"SOLACE_MODEL: {error}") from error
            raise
        self._idle = SimpleQueue()
        for classifier in self._classifiers:
            self._idle.put(classifier)
        self._threads = threads
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        threads, self._threads = self._threads, None
        self._classifiers = []
        if threads is not None:
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)

    @property
    def version(self) -> str:
        """The model's own word for itself."""
        return self._one.version

    @property
    def preprocessing(self) -> str:
        """The text preparation that it was trained with."""
        return self._one.preprocessing

    @property
    def thresholds(self) -> ReplyThresholds:
        """Where it draws its lines."""
        return reply_thresholds(self._one.thresholds)

    @property
    def arm(self) -> str:
        """Whose verdicts these are in the experiment: "model" or "baseline"."""
        return BASELINE if self._version == BASELINE else "model"

    async def classify(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction a text, in order.

        When the caller is cancelled, each thread ends the few texts that it is at and takes no others.
        """
        if self._threads is None:
            raise RuntimeError("the classifier is not running; use it inside `async with`")
        batch = Batch(texts, self._workers)
        crews = min(self._workers, len(texts))
        work = [self._threads.submit(self._work, batch) for _ in range(crews)]
        try:
            await asyncio.gather(*map(asyncio.wrap_future, work))
        finally:
            batch.stopped = True
        thresholds, lines = self._one.thresholds, self.thresholds
        return [self._prediction(scores, thresholds, lines) for scores in batch.scores()]

    async def why(self, text: str, reply_when: ReplyWhen, *, top: int) -> list[tuple[str, float]]:
        """The words that decided, the weightiest first; see `model.explain`."""
        if self._threads is None:
            raise RuntimeError("the classifier is not running; use it inside `async with`")
        return await asyncio.wrap_future(self._threads.submit(self._explain, text, reply_when, top))

    def _explain(self, text: str, reply_when: ReplyWhen, top: int) -> list[tuple[str, float]]:
        classifier = self._idle.get()
        try:
            found = explain(classifier, text, score=reply_when.value, top=top)
        finally:
            self._idle.put(classifier)
        return [(each.word, each.weight) for each in found if each.weight]

    def _work(self, batch: Batch) -> None:
        classifier = self._idle.get()
        try:
            while places := batch.next():
                batch.take(places, classifier.classify([batch.texts[place] for place in places]))
        except BaseException:
            batch.stopped = True
            raise
        finally:
            self._idle.put(classifier)

    def _prediction(self, scores: Scores, thresholds: Thresholds, lines: ReplyThresholds) -> Prediction:
        label, groups = label_groups(scores, thresholds)
        return Prediction(
            positive=scores.positive,
            negative=scores.negative,
            neutral=scores.neutral,
            ambiguous=scores.ambiguous,
            not_positive=scores.not_positive,
            distress=scores.distress,
            emotions=scores.emotions,
            label=label,
            groups=groups,
            thresholds=lines,
            model=self._one.version,
            preprocessing=self._one.preprocessing,
        )

    @property
    def _one(self) -> Classifier:
        if not self._classifiers:
            raise RuntimeError("the classifier is not running; use it inside `async with`")
        return self._classifiers[0]


def reply_thresholds(thresholds: Thresholds) -> ReplyThresholds:
    """The model's lines under the domain's names."""
    return {
        when: {sensitivity: thresholds.reply[when.value][sensitivity.value] for sensitivity in Sensitivity}
        for when in ReplyWhen
    }


def model_statuses(folders: Sequence[Path], *, active: str) -> list[ModelStatus]:
    """Every model in these folders and the baseline, each verified; the active one even if it is missing."""
    known = versions(folders)
    return [_status(each, folders, active=active) for each in sorted({*known, active})]


def _status(version: str, folders: Sequence[Path], *, active: str) -> ModelStatus:
    source, problem, metrics = "built in", None, _NO_METRICS
    if version != BASELINE:
        try:
            folder = find(version, folders)
            source = "bundled" if folder.parent == bundled_models() else "promoted"
            metrics = verify(folder).metrics.get("dev", _NO_METRICS)
        except UnknownModel as error:
            source, problem = "missing", str(error)
        except ModelError as error:
            problem = str(error)
    return ModelStatus(
        version=version, source=source, active=version == active, problem=problem, metrics=metrics
    )


_NO_METRICS: Final[Mapping[str, float]] = {}
