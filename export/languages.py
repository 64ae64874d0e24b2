"""How often the language filter is wrong, on probes and on labelled and unlabelled comments; never a text."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

import model
from export.data import Dataset
from export.unlabelled import read
from model.language import LET_THROUGH, LanguageFilter

PROBES: Final = Path(model.__file__).parent / "probes" / "languages.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the filter did with some texts.

    Attributes:
        name: which texts.
        texts: how many.
        rejected: how many of them it did not let through, by the language that it named.
        limit: the largest share that may go wrong, None where nobody knows what is right.
        wanted: whether these texts should be let through.
    """

    name: str
    texts: int
    rejected: Counter[str]
    limit: float | None = None
    wanted: bool = True

    @property
    def wrong(self) -> int:
        """Rejected where they should be let through, or the other way about."""
        return self.rejected.total() if self.wanted else self.texts - self.rejected.total()

    def __str__(self) -> str:
        kind = "rejected" if self.wanted else "let through"
        aim = "" if self.limit is None else f", at most {self.limit:.1%} wanted"
        named = ", ".join(f"{code} {count}" for code, count in self.rejected.most_common(12))
        share = self.wrong / self.texts if self.texts else 0.0
        counts = f"{self.wrong} of {self.texts:,} {kind} ({share:.2%}{aim})"
        return f"{self.name}: {counts}; rejected as {named or '-'}"


def measure(data: Dataset, comments: Sequence[Path], *, sample: int, seed: int) -> list[Tally]:
    """The filter on its probes, on English comments of train and dev, and on files of unlabelled comments.

    Args:
        data: labelled comments; test is left alone.
        comments: CSV files with a column `body`, `.gz` or not.
        sample: how many of train and dev are looked at; all where there are fewer.
        seed: decides which ones.

    Raises:
        DataError: a file of comments cannot be read.
    """
    language = LanguageFilter()
    english = [comment.text for name in ("train", "dev") for comment in data.splits[name].comments]
    order = np.random.default_rng(seed).permutation(len(english))[:sample]
    return [
        *_probes(language),
        _tally(language, "English comments", (english[row] for row in order), limit=0.003),
        *(_tally(language, path.name, read(path).texts) for path in comments),
    ]


def _probes(language: Callable[[str], str]) -> Iterator[Tally]:
    probes = tomllib.loads(PROBES.read_text(encoding="utf-8"))["probes"]
    for locked in (False, True):
        # The English ones are the hardest that could be thought of: the limit is for English as it comes.
        for wanted, limit in ((True, None), (False, 0.04)):
            chosen = [each["text"] for each in probes if each["pass"] is wanted and each["locked"] is locked]
            name = (
                f"probes, {'English' if wanted else 'other languages'}, {'locked' if locked else 'open'} half"
            )
            yield _tally(language, name, chosen, limit=limit, wanted=wanted)


def _tally(
    language: Callable[[str], str],
    name: str,
    texts: Iterable[str],
    *,
    limit: float | None = None,
    wanted: bool = True,
) -> Tally:
    found = Counter(map(language, texts))
    total = found.total()
    del found[LET_THROUGH]
    return Tally(name=name, texts=total, rejected=found, limit=limit, wanted=wanted)
