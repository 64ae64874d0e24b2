"""Model folders for tests: whole by their checksums, and small, since nothing in them can be loaded."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.manifest import CARD, FILES, MANIFEST, sha256
from model.registry import DEFAULT, bundled_models


def a_release(parent: Path, version: str, *, dev: Mapping[str, float] | None = None, **changes: Any) -> Path:
    """`parent/version`, with the bundled model's manifest, other numbers on dev and a card of its own."""
    folder = parent / version
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_text(f"{name} of {version}", "utf-8")
    (folder / CARD).write_text(f"# {version}\n\nA card with **bold** words.\n", "utf-8")
    bundled = json.loads((bundled_models() / DEFAULT / MANIFEST).read_text("utf-8"))
    metrics = bundled["metrics"] | ({"dev": dict(dev)} if dev is not None else {})
    files = {name: sha256(folder / name) for name in FILES}
    manifest = {**bundled, "version": version, "metrics": metrics, "files": files, **changes}
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return folder
