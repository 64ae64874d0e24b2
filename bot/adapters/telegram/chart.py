"""`python -m bot.adapters.telegram.chart`: JSON from the standard input, a PNG to the standard output.

Run as a process of its own by `drawing`, and the only module that uses matplotlib, which only the extra
`charts` brings. The picture has its own paper, so it can be read in a light and in a dark chat.
"""

import json
import os
import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

PAPER: Final = "#ffffff"
INK: Final = "#1f2430"
LINE: Final = "#d6dae1"
READ: Final = "#848c9b"
ANSWERED: Final = "#1a7fa3"
WATCHED: Final = "#dd9422"
_NICE: Final = 10
_MOST_NAMES: Final = 10


def main() -> None:
    """Draw what stands on the standard input."""
    os.nice(_NICE)
    numbers = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(png(numbers))


def png(numbers: Mapping[str, Any]) -> bytes:
    """Bars for each day: above what was read, below what was answered or would have been.

    Args:
        numbers: `days` (ISO 8601), `judged`, `answered`, `watched` (one number a day), `titles` (two) and
            `legend` (answered, watched).
    """
    import matplotlib as mpl  # noqa: PLC0415  # nowhere but in the process that draws

    mpl.use("agg")
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(8, 5), dpi=130, facecolor=PAPER, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    places = range(len(numbers["days"]))
    above.bar(places, numbers["judged"], color=READ)
    below.bar(places, numbers["answered"], color=ANSWERED, label=numbers["legend"][0])
    if any(numbers["watched"]):
        below.bar(
            places,
            numbers["watched"],
            bottom=numbers["answered"],
            color=WATCHED,
            hatch="//",
            edgecolor=PAPER,
            label=numbers["legend"][1],
        )
        below.legend(frameon=False, labelcolor=INK)
    for axes, title in zip((above, below), numbers["titles"], strict=True):
        _plain(axes, title)
    every = -(-len(places) // _MOST_NAMES)
    below.set_xticks(places[::every], [day[5:] for day in numbers["days"][::every]])
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _plain(axes: Any, title: str) -> None:
    axes.set_title(title, loc="left", color=INK, fontsize=12)
    axes.set_facecolor(PAPER)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=LINE)
    axes.tick_params(colors=INK, length=0)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.set_ylim(0, max(1, axes.get_ylim()[1]))
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(INK)


if __name__ == "__main__":
    main()
