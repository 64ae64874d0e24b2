import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.adapters.onnx import ThreadedClassifier, model_statuses
from bot.application import ports
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.errors import SettingsError
from model.classifier import BASELINE, BaselineClassifier, Classifier, Scores
from model.labels import EMOTIONS, GROUPS
from model.registry import bundled_models

BUNDLED = (bundled_models(),)
MODEL = "minilm-3"
SAD = "My grandmother died yesterday and I can't stop crying."
GLAD = "Thank you so much, that was really kind of you!"


class Gated(BaselineClassifier):
    """Tells which thread saw which text, how sad from the text's own number, and holds on where told."""

    def __init__(self, started: threading.Semaphore) -> None:
        self.seen: list[tuple[str, int]] = []
        self.at_once: list[int] = []
        self.busy = 0
        self.started = started
        self.gate = threading.Event()

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        self.busy += 1
        assert self.busy == 1, "a session was used by two threads"
        self.at_once.append(len(texts))
        try:
            return [self.one(text) for text in texts]
        finally:
            self.busy -= 1

    def one(self, text: str) -> Scores:
        self.seen.append((text, threading.get_ident()))
        self.started.release()
        if text == "hold":
            assert self.gate.wait(10)
        if text == "break":
            raise MemoryError
        [scores] = super().classify([text])
        sad = float(text) if text.replace(".", "").isdigit() else 1.0
        return Scores(groups=dict(scores.groups) | {"negative": sad}, emotions=scores.emotions)


class Crew:
    """Loads gated classifiers, one a worker."""

    def __init__(self) -> None:
        self.members: list[Gated] = []
        self.started = threading.Semaphore(0)

    def __call__(self, version: str, folders: Sequence[Path]) -> Classifier:
        del version, folders
        self.members.append(Gated(self.started))
        return self.members[-1]

    @property
    def seen(self) -> list[tuple[str, int]]:
        return [each for member in self.members for each in member.seen]

    async def saw(self, texts: int) -> None:
        for _ in range(texts):
            assert await asyncio.to_thread(self.started.acquire, timeout=10)

    def classifier(self) -> ThreadedClassifier:
        return ThreadedClassifier("gated", (), load=self)


def running() -> set[str]:
    return {each.name for each in threading.enumerate() if each.name.startswith("classifier")}


async def test_it_fits_the_port() -> None:
    async with ThreadedClassifier(BASELINE, ()) as classifier:
        port: ports.Classifier = classifier
        assert port.version == BASELINE
        assert classifier.arm == BASELINE
        [prediction] = await port.classify(["anything"])
    assert (prediction.label, prediction.groups) == ("negative", ("negative",))
    assert (prediction.negative, prediction.not_positive, prediction.distress) == (1, 1, 1)
    assert list(prediction.emotions) == list(EMOTIONS)
    assert prediction.thresholds[ReplyWhen.NEGATIVE][Sensitivity.NORMAL] == 0.5


@pytest.mark.parametrize("number", [0, 1, 2, 3, 64])
async def test_order_is_kept(number: int) -> None:
    crew = Crew()
    texts = [str(each / 100) for each in range(number)]
    async with crew.classifier() as classifier:
        predictions = await classifier.classify(texts)
    assert [prediction.negative for prediction in predictions] == [float(text) for text in texts]
    assert sorted(text for text, _ in crew.seen) == sorted(texts)


async def test_who_is_free_takes_the_next_text() -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        task = asyncio.create_task(classifier.classify(["hold", *["0.1"] * 9]))
        await crew.saw(10)
        holder, free = sorted(crew.members, key=lambda member: len(member.seen))
        assert [text for text, _ in holder.seen] == ["hold"]
        assert len(free.seen) == 9
        holder.gate.set()
        assert len(await task) == 10
    assert len({thread for _, thread in crew.seen}) == 2


@pytest.mark.parametrize(
    ("texts", "most"), [(["0.1"], 1), (["0.1"] * 15, 1), (["0.1"] * 500, 16), (["0." + "1" * 1_500] * 500, 2)]
)
async def test_a_thread_takes_a_few_texts_at_a_time(texts: Sequence[str], most: int) -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        await classifier.classify(texts)
    assert max(number for member in crew.members for number in member.at_once) == most


async def test_texts_of_like_length_are_taken_together() -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        predictions = await classifier.classify(["0.1", "0.22"] * 64)
    assert [each.negative for each in predictions] == [0.1, 0.22] * 64
    for member in crew.members:
        lengths = [len(text) for text, _ in member.seen]
        assert lengths == sorted(lengths, reverse=True)


async def test_many_callers_share_the_threads() -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        answers = await asyncio.gather(*(classifier.classify([str(each / 100)] * 3) for each in range(50)))
        assert len(running()) == 2
    for each, answer in enumerate(answers):
        assert [prediction.negative for prediction in answer] == [each / 100] * 3


async def test_a_cancelled_caller_stops_the_work_and_harms_nobody() -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        task = asyncio.create_task(classifier.classify([*["0.1"] * 36, *["hold"] * 12]))
        await crew.saw(2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for member in crew.members:
            member.gate.set()
        [after] = await classifier.classify(["0.7"])
    assert after.negative == 0.7
    assert sorted(text for text, _ in crew.seen) == ["0.7", *["hold"] * 12], "no thread took other texts"


async def test_a_failure_reaches_the_caller_and_harms_nobody_else() -> None:
    crew = Crew()
    async with crew.classifier() as classifier:
        with pytest.raises(MemoryError):
            await classifier.classify(["break"] * 4)
        [after] = await classifier.classify(["0.7"])
    assert after.negative == 0.7


async def test_no_thread_is_left_behind() -> None:
    async with Crew().classifier() as classifier:
        await classifier.classify(["0.1"] * 8)
        assert running()
    assert not running()
    with pytest.raises(RuntimeError, match="async with"):
        await classifier.classify(["0.1"])


async def test_an_unknown_model_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match=r"^SOLACE_MODEL: is none of baseline, "):
        async with ThreadedClassifier("nope", BUNDLED):
            pass
    assert not running()


async def test_a_damaged_model_is_a_settings_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "manifest.json").write_text("{")
    with pytest.raises(SettingsError, match=r"SOLACE_MODEL: .*manifest\.json"):
        async with ThreadedClassifier("mine", (tmp_path,)):
            pass


async def test_the_bundled_model_tells_sad_from_glad() -> None:
    async with ThreadedClassifier(MODEL, BUNDLED) as classifier:
        sad, glad = await classifier.classify([SAD, GLAD])
        again = await classifier.classify([GLAD, SAD] * 20)
        assert (classifier.version, classifier.arm) == (MODEL, "model")
    assert sad.negative >= sad.thresholds[ReplyWhen.NEGATIVE][Sensitivity.NORMAL] > glad.negative
    assert (sad.label, glad.label) == ("negative", "positive")
    assert set(sad.groups) <= set(GROUPS)
    assert again == [glad, sad] * 20


def test_the_models_are_listed_with_their_state(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    listed = {each.version: each for each in model_statuses((tmp_path, *BUNDLED), active=MODEL)}
    assert listed[MODEL].active
    assert (listed[MODEL].source, listed[MODEL].problem) == ("bundled", None)
    assert listed[MODEL].metrics
    assert listed["broken"].source == "promoted"
    assert "manifest.json" in str(listed["broken"].problem)
    assert (listed[BASELINE].source, listed[BASELINE].problem) == ("built in", None)


def test_a_missing_active_model_is_listed_too() -> None:
    listed = {each.version: each for each in model_statuses((), active="gone")}
    assert listed["gone"].active
    assert "no model 'gone'" in str(listed["gone"].problem)
