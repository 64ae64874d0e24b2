"""A chat's own phrases, and those of the book that it does not want."""

from sqlalchemy import Connection


class OwnPhraseStatements:
    """`OwnPhraseQueries` over one connection."""

    _connection: Connection


class OwnPhraseChanges(OwnPhraseStatements):
    """`OwnPhraseTransaction` over the writer's connection."""
