"""What production installs is pinned to the byte, and is what the project asks for."""

import re
import tomllib
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_PINNED: Final = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)
_CONSTRAINT: Final = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)", re.MULTILINE | re.IGNORECASE)


def test_every_line_of_the_lock_is_a_version_with_its_hashes() -> None:
    lines = _text("requirements.lock").splitlines(keepends=True)
    assert _PINNED.sub("", "".join(line for line in lines if not line.startswith("#"))) == ""


def test_the_lock_has_the_versions_of_the_constraints_and_everything_that_is_needed() -> None:
    lock = {found["name"]: found["version"] for found in _PINNED.finditer(_text("requirements.lock"))}
    pinned: dict[str, set[str]] = {}  # some have a version for each Python
    for name, version in _CONSTRAINT.findall(_text("constraints.txt")):
        pinned.setdefault(name.lower(), set()).add(version)
    differ = {name for name, version in lock.items() if version not in pinned.get(name, {version})}
    assert differ == set(), "run `make hashes`"
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    needed = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in project["dependencies"]}
    assert needed <= lock.keys(), "run `make hashes`"
    assert not {"torch", "transformers", "pytest", "schemathesis"} & lock.keys()


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
