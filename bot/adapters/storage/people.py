"""What a person may ask for: what is stored about them, to be forgotten, to be left alone."""

from sqlalchemy import Connection


class PeopleStatements:
    """`PeopleQueries` over one connection."""

    _connection: Connection


class PeopleChanges(PeopleStatements):
    """`PeopleTransaction` over the writer's connection."""
