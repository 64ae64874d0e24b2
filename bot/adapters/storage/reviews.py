"""Decisions that an admin looks at again, and what the labels say."""

from sqlalchemy import Connection


class ReviewStatements:
    """`ReviewQueries` over one connection."""

    _connection: Connection


class ReviewChanges(ReviewStatements):
    """`ReviewTransaction` over the writer's connection."""
