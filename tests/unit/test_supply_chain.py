"""What production installs is pinned to the byte, and is what the project asks for."""

import re
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_PINNED: Final = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def test_every_line_of_the_lock_is_a_version_with_its_hashes() -> None:
    text = "".join(
        line for line in (ROOT / "requirements.lock").open(encoding="utf-8") if not line.startswith("#")
    )
    assert _PINNED.sub("", text) == ""


def test_the_lock_has_the_versions_of_the_constraints_and_everything_that_is_needed() -> None:
    lock = {found["name"]: found["version"] for found in _PINNED.finditer(_text("requirements.lock"))}
    pinned = dict(
        re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", _text("constraints.txt"), re.MULTILINE | re.IGNORECASE)
    )
    differ = {name for name, version in lock.items() if pinned.get(name, version) != version}
    assert differ == set(), "run `make hashes`"
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    needed = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in project["dependencies"]}
    assert needed <= lock.keys(), "run `make hashes`"
    assert not {"torch", "transformers", "pytest", "schemathesis"} & lock.keys()


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
