"""A process with one system of `systems.py`: prints its resident megabytes after the comments of stdin."""

import sys
from pathlib import Path

import psutil

from benchmarks.systems import SYSTEMS, Files


def main() -> None:
    name, release, weights, encoder, fp32, naive, max_tokens = sys.argv[1:]
    files = Files(
        release=Path(release),
        weights=Path(weights),
        encoder=Path(encoder),
        fp32=Path(fp32),
        naive=Path(naive),
        max_tokens=int(max_tokens),
    )
    system = SYSTEMS[name](files)
    for text in sys.stdin.read().split("\n"):
        system.one(text)
    print(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
