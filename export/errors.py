"""What can go wrong on the training side and is the user's to mend.

ExportError
├── DataError      the data folder, named with file and line
├── EncoderError   the base encoder
├── StageError     a step was asked for before the one that it builds on
└── LimitError     the new model's numbers do not allow a release
"""


class ExportError(Exception):
    """A clear message for the terminal; the command ends with `exit_code`."""

    exit_code = 2


class DataError(ExportError):
    """The data folder is missing something or holds something unexpected."""


class EncoderError(ExportError):
    """The base encoder cannot be found or read."""


class StageError(ExportError):
    """An earlier step has not left what this one needs."""


class LimitError(ExportError):
    """Everything was done as asked, and the outcome is not good enough to be released."""

    exit_code = 1
