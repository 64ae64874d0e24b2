import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from releases import a_release

from model.errors import (
    AlreadyInUse,
    ModelError,
    ModelFileDamaged,
    NothingPromoted,
    PromotedExchanged,
    PromotionsUnreadable,
    PromotionUnderWay,
    UnknownModel,
    VersionTaken,
    WorseModel,
)
from model.manifest import CARD, GRAPH, MANIFEST, sha256, verify
from model.promotion import RECORD, Change, changes, in_use, promote, roll_back
from model.registry import DEFAULT, versions

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROGRAM = Path(__file__).parents[2] / "promoting.py"


class World:
    """A bundled model, a folder for promoted ones, and whoever judges."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.models = folder / "data" / "models"
        self.bundled = folder / "bundled"
        self.objections: Sequence[str] = ()
        self.judged: list[tuple[str, Path]] = []
        a_release(self.bundled, DEFAULT)

    def candidate(self, version: str) -> Path:
        return a_release(self.folder, version)

    def promote(self, candidate: Path, *, force: bool = False) -> Change:
        return promote(
            candidate, self.models, self.bundled, judge=self.judge, at=AT, by="somebody", force=force
        )

    def roll_back(self) -> Change:
        return roll_back(self.models, self.bundled, at=AT, by="somebody")

    def judge(self, version: str, candidate: Path) -> Sequence[str]:
        verify(candidate)
        self.judged.append((version, candidate))
        return self.objections

    @property
    def in_use(self) -> str:
        return in_use(self.models)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_at_first_the_bundled_model_is_in_use_and_nothing_is_written(world: World) -> None:
    assert world.in_use == DEFAULT
    assert changes(world.models) == ()
    assert not world.models.exists()


def test_a_promoted_model_is_in_use_and_recorded(world: World) -> None:
    candidate = world.candidate("new-1")

    change = world.promote(candidate)

    assert world.in_use == "new-1"
    assert changes(world.models) == (change,)
    assert json.loads((world.models / RECORD).read_text("utf-8")) == {
        "at": "2026-11-23T12:00:00Z",
        "by": "somebody",
        "action": "promote",
        "version": "new-1",
        "previous": DEFAULT,
        "manifest": sha256(candidate / MANIFEST),
        "forced_despite": [],
    }
    verify(world.models / "new-1")
    assert versions([world.models]) == ("baseline", "new-1")


def test_what_is_judged_is_the_copy_that_will_be_used(world: World) -> None:
    world.promote(world.candidate("new-1"))

    ((version, judged),) = world.judged
    assert version == DEFAULT
    assert judged.is_relative_to(world.models)
    assert not judged.exists(), "it has moved to its place"


def test_only_what_the_manifest_names_is_copied(world: World) -> None:
    candidate = world.candidate("new-1")
    (candidate / "trained.pt").write_text("large, and nobody's business")

    world.promote(candidate)

    assert not (world.models / "new-1" / "trained.pt").exists()


def test_a_worse_model_is_refused_with_the_numbers_and_leaves_nothing(world: World) -> None:
    world.objections = ["dev, positive_ap: 0.880 after 0.912; it may fall by 0.005"]

    with pytest.raises(WorseModel, match=r"0\.880 after 0\.912"):
        world.promote(world.candidate("new-1"))

    assert world.in_use == DEFAULT
    assert [path.name for path in world.models.iterdir()] == [".lock"]


def test_a_worse_model_can_be_forced_and_stays_recorded_as_that(world: World) -> None:
    world.objections = ["worse", "much worse"]

    world.promote(world.candidate("new-1"), force=True)

    assert world.in_use == "new-1"
    assert changes(world.models)[0].forced_despite == ("worse", "much worse")


@pytest.mark.parametrize("force", [True, False])
def test_a_damaged_candidate_is_never_taken(world: World, force: bool) -> None:
    candidate = world.candidate("new-1")
    (candidate / GRAPH).write_text("something else")

    with pytest.raises(ModelFileDamaged, match=GRAPH):
        world.promote(candidate, force=force)

    assert world.in_use == DEFAULT
    assert world.judged == []


def test_the_model_in_use_is_not_promoted_again(world: World) -> None:
    world.promote(world.candidate("new-1"))

    with pytest.raises(AlreadyInUse, match="new-1"):
        world.promote(world.folder / "new-1")
    assert len(changes(world.models)) == 1


@pytest.mark.parametrize("where", ["bundled", "data/models"])
def test_a_version_is_one_model_for_ever(world: World, where: str) -> None:
    a_release(world.folder / where, "new-1")

    with pytest.raises(VersionTaken, match=r"new-1.*version of its own"):
        world.promote(a_release(world.folder / "elsewhere", "new-1", seed=1))

    assert world.in_use == DEFAULT


def test_a_bundled_model_is_promoted_without_a_copy(world: World) -> None:
    bundled = a_release(world.bundled, "other-1")

    world.promote(bundled)

    assert world.in_use == "other-1"
    assert not (world.models / "other-1").exists()
    assert world.judged == [(DEFAULT, bundled)]


def test_rolling_back_goes_one_promotion_back_at_a_time(world: World) -> None:
    for version in ("new-1", "new-2"):
        world.promote(world.candidate(version))
    seen = [world.in_use]
    for _ in range(2):
        change = world.roll_back()
        seen.append(world.in_use)
        assert (change.action, change.version) == ("rollback", world.in_use)

    assert seen == ["new-2", "new-1", DEFAULT]
    with pytest.raises(NothingPromoted):
        world.roll_back()
    assert [change.action for change in changes(world.models)] == ["promote"] * 2 + ["rollback"] * 2


def test_what_was_given_up_is_not_gone_back_to(world: World) -> None:
    world.promote(world.candidate("new-1"))
    world.promote(world.candidate("bad-1"))
    world.roll_back()
    world.promote(world.candidate("new-2"))

    world.roll_back()

    assert world.in_use == "new-1"


def test_what_was_given_up_can_be_promoted_again(world: World) -> None:
    world.promote(world.candidate("new-1"))
    world.roll_back()

    world.promote(world.folder / "new-1")

    assert world.in_use == "new-1"


def test_without_a_promotion_there_is_nothing_to_go_back_from(world: World) -> None:
    with pytest.raises(NothingPromoted):
        world.roll_back()
    assert not world.models.exists()


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("damage", "error"),
    [(shutil.rmtree, UnknownModel), (lambda folder: (folder / CARD).write_text("?"), ModelFileDamaged)],
)
def test_a_model_that_is_gone_or_damaged_is_not_gone_back_to(
    world: World, damage: Damage, error: type[ModelError]
) -> None:
    for version in ("new-1", "new-2"):
        world.promote(world.candidate(version))
    damage(world.models / "new-1")

    with pytest.raises(error):
        world.roll_back()

    assert world.in_use == "new-2"


@pytest.mark.parametrize("content", [b"{}\n", b"no json\n", b"\xff\n", b'{"action": "promote"'])
def test_a_damaged_record_is_named_and_never_guessed_at(world: World, content: bytes) -> None:
    world.promote(world.candidate("new-1"))
    (world.models / RECORD).write_bytes(content)

    with pytest.raises(PromotionsUnreadable, match=RECORD):
        assert world.in_use
    with pytest.raises(PromotionsUnreadable):
        world.promote(world.candidate("new-2"))
    with pytest.raises(PromotionsUnreadable):
        world.roll_back()
    assert (world.models / RECORD).read_bytes() == content


def test_what_is_recorded_is_the_copy_and_not_what_became_of_the_candidate(world: World) -> None:
    candidate = world.candidate("new-1")
    whole = sha256(candidate / MANIFEST)

    def judge(_version: str, _folder: Path) -> Sequence[str]:
        (candidate / MANIFEST).write_text("changed meanwhile")
        return ()

    change = promote(candidate, world.models, world.bundled, judge=judge, at=AT, by="somebody")

    assert change.manifest == whole == sha256(world.models / "new-1" / MANIFEST)


def test_an_exchanged_model_is_not_used_and_can_be_given_up(world: World) -> None:
    world.promote(world.candidate("new-1"))
    shutil.rmtree(world.models / "new-1")
    a_release(world.models, "new-1", seed=1)

    with pytest.raises(PromotedExchanged, match=r"new-1 does not hold .* `solace model rollback`"):
        assert world.in_use
    world.roll_back()
    assert world.in_use == DEFAULT


def test_two_at_once_do_not_overwrite_each_other(world: World) -> None:
    world.promote(world.candidate("new-1"))
    descriptor = os.open(world.models / ".lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with pytest.raises(PromotionUnderWay):
        world.promote(world.candidate("new-2"))
    with pytest.raises(PromotionUnderWay):
        world.roll_back()

    os.close(descriptor)
    world.roll_back()
    assert world.in_use == DEFAULT


@pytest.mark.slow
@pytest.mark.parametrize("how", ["kill", "fail"])
@pytest.mark.parametrize(
    ("action", "old", "new"), [("promote", "old-1", "new-1"), ("rollback", "new-1", "old-1")]
)
def test_whatever_operation_it_dies_or_fails_at_the_old_or_the_new_model_is_in_use(
    tmp_path: Path, how: str, action: str, old: str, new: str
) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, how, action], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    *struck, (last, *_) = [json.loads(line) for line in done.stdout.splitlines()]

    assert last == "done", "not one operation was left out"
    assert {ended for ended, *_ in struck} <= ({"killed"} if how == "kill" else {"failed", "survived"})
    assert len(struck) >= (40 if action == "promote" else 10)
    recorded = {old: 1 if action == "promote" else 2, new: 2 if action == "promote" else 3}
    assert {(found, records) for _, found, records, *_ in struck} == set(recorded.items())
    assert {(again, at_last) for _, _, _, again, at_last, _ in struck} == {("done", new), ("not needed", new)}
    left = [{"new-1", "old-1", RECORD, ".lock"}, {"new-1", "old-1", RECORD, ".lock", ".draft"}]
    assert all(set(names) in left for *_, names in struck)
