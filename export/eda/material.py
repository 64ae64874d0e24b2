"""What every section of the report looks at, read and prepared once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from export.data import SPLITS, Dataset, Split
from export.eda.cleaning import Language
from export.eda.counts import Tokens
from export.figures import SERIES
from export.unlabelled import Unlabelled
from model.preprocess import preprocess


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The data, and what it needs to be looked at.

    Attributes:
        data: the three labelled splits.
        texts: prepared texts by name: the splits, then the unlabelled files.
        published: the same as published.
        language: tells a prepared text's language.
        tokens: counts the tokens of prepared texts.
    """

    data: Dataset
    texts: Mapping[str, Sequence[str]]
    published: Mapping[str, Sequence[str]]
    language: Language
    tokens: Tokens

    @property
    def splits(self) -> list[Split]:
        """Train, dev, test."""
        return [self.data.splits[name] for name in SPLITS]

    @property
    def colours(self) -> dict[str, str]:
        """A colour for each name in `texts`."""
        return {name: SERIES[n % len(SERIES)] for n, name in enumerate(self.texts)}


def gather(
    data: Dataset, unlabelled: Sequence[Unlabelled], *, language: Language, tokens: Tokens
) -> Material:
    """Prepare every text."""
    published: dict[str, Sequence[str]] = {
        name: [comment.text for comment in data.splits[name].comments] for name in SPLITS
    }
    published.update({each.name: each.texts for each in unlabelled})
    texts = {name: [preprocess(text) for text in of] for name, of in published.items()}
    return Material(data=data, texts=texts, published=published, language=language, tokens=tokens)


def token_counter(path: Path) -> Tokens:
    """Counts with the tokenizer in a `tokenizer.json`, before anything is cut."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return lambda texts: [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
