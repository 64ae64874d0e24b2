"""`python -m bot` is `solace`."""

import sys
from io import TextIOWrapper

from bot.cli.app import app


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that knows no emoji shows "?" and no traceback
            stream.reconfigure(errors="replace")
    app(prog_name="solace")


if __name__ == "__main__":
    main()
