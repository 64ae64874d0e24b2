"""Write `requirements.lock`: what production installs, each file by its hash.

The versions are those of `constraints.txt`; the hashes are of the wheels that pip would choose for each
platform below, as the index tells them. Nothing is installed. Run it through `make hashes`.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64",)
HEAD = """\
# What Solace needs to run, at the versions of constraints.txt, each wheel by its hash:
# CPython {pythons} on Linux, {machines}. docs/security.md says how to install it.
# Written by `make hashes`; do not edit.
"""


def main() -> None:
    """Ask pip for every platform, and write the union of the hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    hashes: dict[tuple[str, str], set[str]] = {}
    for python in PYTHONS:
        for machine in MACHINES:
            for name, version, digest in resolved(needed, python, machine):
                hashes.setdefault((name, version), set()).add(digest)
    lines = [
        " \\\n    ".join([f"{name}=={version}", *(f"--hash=sha256:{each}" for each in sorted(found))])
        for (name, version), found in sorted(hashes.items())
    ]
    head = HEAD.format(pythons=", ".join(PYTHONS), machines=" and ".join(MACHINES))
    LOCK.write_text(head + "\n".join(lines) + "\n")


def resolved(needed: list[str], python: str, machine: str) -> list[tuple[str, str, str]]:
    """Name, version and SHA-256 of each wheel that pip would install there."""
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in (28, 27, 24, 17)]
    platforms.append(f"--platform=manylinux2014_{machine}")
    done = subprocess.run(  # noqa: S603  # our own arguments
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report=-"),
            *("--disable-pip-version-check", "--ignore-installed", "--only-binary=:all:"),
            *(f"--python-version={python}", "--implementation=cp", *platforms, "--target=unused"),
            *("--constraint", str(ROOT / "constraints.txt"), *needed),
        ],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        cwd=ROOT,
    )
    return [
        (
            each["metadata"]["name"].lower().replace("_", "-").replace(".", "-"),
            each["metadata"]["version"],
            each["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for each in json.loads(done.stdout)["install"]
    ]


if __name__ == "__main__":
    main()
