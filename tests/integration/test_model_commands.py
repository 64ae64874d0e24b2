"""`solace model …` with real models: the bundled one, and copies of it under other versions."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.app import app
from model.manifest import CARD, GRAPH, MANIFEST
from model.registry import DEFAULT, bundled_models

CASES = """
category = "everyday"
about = "for a test"
[[cases]]
id = "e-1"
kind = "capability"
text = "My grandmother died yesterday and I can't stop crying."
locked = false
expect = ["negative", "answered"]
[[cases]]
id = "e-2"
kind = "capability"
text = "Thank you so much, that was really kind of you!"
locked = false
expect = ["not_negative", "not_answered"]
"""


class World:
    """A data folder, the terminal, and candidates that differ from the bundled model in their manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def solace(self, *arguments: str | Path, **changes: str) -> Result:
        environment = {"SOLACE_DATA_DIR": str(self.folder / "data"), **changes}
        return CliRunner(env=environment).invoke(
            app, [str(each) for each in arguments], catch_exceptions=False
        )

    def promote(self, candidate: Path, *options: str) -> Result:
        """Judged by two cases: the bundled suite takes long."""
        return self.solace("model", "promote", candidate, "--probes", self.folder / "probes", *options)

    def candidate(self, version: str, **changes: Any) -> Path:
        folder = Path(shutil.copytree(bundled_models() / DEFAULT, self.folder / version))
        manifest: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        (folder / MANIFEST).write_text(json.dumps({**manifest, "version": version, **changes}), "utf-8")
        return folder

    def worse_on_dev(self, version: str) -> Path:
        metrics = json.loads((bundled_models() / DEFAULT / MANIFEST).read_text("utf-8"))["metrics"]
        return self.candidate(version, metrics={**metrics, "dev": {**metrics["dev"], "positive_ap": 0.5}})

    @property
    def active(self) -> str:
        (version,) = [
            each["version"]
            for each in json.loads(self.solace("model", "list", "--json").stdout)
            if each["active"]
        ]
        return str(version)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "probes").mkdir()
    (tmp_path / "probes" / "everyday.toml").write_text(CASES, "utf-8")
    return World(tmp_path)


def test_a_model_is_promoted_used_and_given_up(world: World) -> None:
    promoted = world.promote(world.candidate("new-1"))

    assert promoted.exit_code == 0, promoted.output
    assert promoted.stdout.splitlines() == [
        f"The model in use is new-1; before, it was {DEFAULT}.",
        "A running bot keeps the model that it has until it is started again.",
    ]
    assert world.active == "new-1"
    classified = world.solace("classify", "--json", "-")
    assert classified.exit_code == 0
    back = world.solace("model", "rollback")
    assert back.stdout.startswith(f"The model in use is {DEFAULT}; before, it was new-1.")
    assert world.active == DEFAULT
    again = world.solace("model", "rollback")
    assert (again.exit_code, again.stderr) == (
        1,
        "Error: No model was promoted, so there is none to go back from.\n",
    )


def test_a_setting_goes_before_a_promotion_and_that_is_said(world: World) -> None:
    world.promote(world.candidate("new-1"))

    said = world.solace("model", "rollback", SOLACE_MODEL="new-1").stdout

    assert "But SOLACE_MODEL names new-1, and that goes before" in said


def test_what_is_worse_on_dev_is_refused_with_the_numbers(world: World) -> None:
    refused = world.promote(world.worse_on_dev("bad-1"))

    assert refused.exit_code == 1
    assert f"bad-1 is not taken into use instead of {DEFAULT}" in refused.stderr
    assert "dev, positive_ap: 0.500 after 0.9" in refused.stderr
    assert "groups_macro_f1" not in refused.stderr
    assert world.active == DEFAULT


def test_what_behaves_worse_is_refused_with_the_numbers(world: World) -> None:
    keen = {"positive": 0.99, "negative": 0.0001, "neutral": 0.99, "ambiguous": 0.99}

    refused = world.promote(world.candidate("bad-1", group_thresholds=keen))

    assert refused.exit_code == 1
    assert "suite, everyday: 0.500 after 1.000; it may fall by 0.100" in refused.stderr
    assert world.active == DEFAULT


def test_a_forced_promotion_says_and_records_despite_what(world: World) -> None:
    forced = world.promote(world.worse_on_dev("bad-1"), "--force")

    assert forced.exit_code == 0
    assert "Forced, although dev, positive_ap: 0.500" in forced.stderr
    record = json.loads((world.folder / "data" / "models" / "promotions.jsonl").read_text("utf-8"))
    assert [text.split(":")[0] for text in record["forced_despite"]] == ["dev, positive_ap"]
    assert record["by"]


def test_numbers_on_other_data_cannot_be_compared(world: World) -> None:
    data = json.loads((bundled_models() / DEFAULT / MANIFEST).read_text("utf-8"))["data"]

    refused = world.promote(world.candidate("new-1", data={**data, "sha256": "0" * 64}))

    assert refused.exit_code == 1
    assert "dev of other data, positive_ap: the candidate has no such number" in refused.stderr


def test_a_trial_is_not_taken_into_use(world: World) -> None:
    training = json.loads((bundled_models() / DEFAULT / MANIFEST).read_text("utf-8"))["training"]

    refused = world.promote(world.candidate("new-1", training={**training, "limit_steps": 2}))

    assert refused.exit_code == 1
    assert "it is a trial, stopped after 2 steps an epoch" in refused.stderr


def test_a_model_in_use_that_cannot_be_loaded_is_replaced_only_by_force(world: World) -> None:
    world.promote(world.candidate("old-1"))
    (world.folder / "data" / "models" / "old-1" / GRAPH).write_text("?")
    candidate = world.candidate("new-1")

    refused = world.promote(candidate)

    assert refused.exit_code == 1
    assert "nobody can say how it compares" in refused.stderr
    assert world.promote(candidate, "--force").exit_code == 0
    assert world.active == "new-1"


def test_a_folder_without_a_model_is_bad_usage(world: World) -> None:
    result = world.promote(world.folder)

    assert result.exit_code == 2
    assert "is not the folder of a model" in result.stderr


def test_without_a_suite_nothing_is_promoted(world: World) -> None:
    shutil.rmtree(world.folder / "probes")

    result = world.promote(world.candidate("new-1"))

    assert result.exit_code == 1
    assert "there is no case of the behavioural suite" in result.stderr


def test_a_damaged_record_of_promotions_stops_every_start_and_says_what_to_do(world: World) -> None:
    models = world.folder / "data" / "models"
    models.mkdir(parents=True)
    (models / "promotions.jsonl").write_text("?\n")

    result = world.solace("classify", "-")

    assert result.exit_code == 2
    assert "promotions.jsonl cannot be read: line 1" in result.stderr
    assert world.solace("classify", "-", SOLACE_MODEL="baseline").exit_code == 0


def test_an_exchanged_model_stops_every_start_until_it_is_given_up(world: World) -> None:
    world.promote(world.candidate("new-1"))
    with (world.folder / "data" / "models" / "new-1" / MANIFEST).open("a", encoding="utf-8") as manifest:
        manifest.write("\n")

    result = world.solace("classify", "-")

    assert result.exit_code == 2
    assert "does not hold the model any more that was promoted" in result.stderr
    assert world.solace("model", "rollback").exit_code == 0
    assert world.active == DEFAULT


def test_verify_checks_one_model_or_all(world: World) -> None:
    world.promote(world.candidate("new-1"))
    everything = world.solace("model", "verify")
    assert (everything.exit_code, everything.stdout.splitlines()) == (
        0,
        ["baseline: verified", f"{DEFAULT}: verified", "new-1: verified"],
    )

    (world.folder / "data" / "models" / "new-1" / GRAPH).write_text("?")

    damaged = world.solace("model", "verify")
    assert damaged.exit_code == 1
    assert GRAPH in damaged.stdout
    assert world.solace("model", "verify", DEFAULT).exit_code == 0
    assert world.solace("model", "verify", "new-1").exit_code == 1
    assert world.solace("model", "verify", "new-2").exit_code == 2


def test_a_card_goes_into_a_pipe_as_it_is(world: World) -> None:
    card = world.solace("model", "card")

    assert card.exit_code == 0
    assert card.stdout == (bundled_models() / DEFAULT / CARD).read_text("utf-8")
    assert world.solace("model", "card", "baseline").stdout.startswith("# baseline")
    assert world.solace("model", "card", "nonsense").exit_code == 2


def test_a_card_that_is_not_the_released_one_is_not_shown(world: World) -> None:
    world.promote(world.candidate("new-1"))
    (world.folder / "data" / "models" / "new-1" / CARD).write_text("# the best of all models")

    card = world.solace("model", "card")

    assert card.exit_code == 1
    assert card.stdout == ""
