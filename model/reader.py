"""Prepared text in, the token ids that the graph reads out: training, evaluation and serving use this one."""

from pathlib import Path

from tokenizers import Tokenizer

from model.errors import ModelFileDamaged
from model.windows import spans

_SPECIAL = 2  # [CLS] in front, [SEP] behind


class Reader:
    """The tokenizer of a release, and the windows that a long text is cut into.

    Safe to call from several threads at once.

    Args:
        path: of `tokenizer.json`.
        max_tokens: what one window holds at most, special tokens included.

    Raises:
        ModelError: the file cannot be loaded.
    """

    def __init__(self, path: Path, max_tokens: int) -> None:
        self._tokenizer = _tokenizer(path)
        self.max_tokens = max_tokens

    def windows(self, text: str) -> list[list[int]]:
        """The token ids of each window, in order, at least one; each between its two special tokens."""
        ids: list[int] = self._tokenizer.encode(text).ids
        if len(ids) <= self.max_tokens:
            return [ids]
        first, content, last = ids[0], ids[1:-1], ids[-1]
        return [
            [first, *content[begin:end], last]
            for begin, end in spans(len(content), self.max_tokens - _SPECIAL)
        ]


def _tokenizer(path: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ModelFileDamaged(path, str(error)) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
