"""What holds in every database, whatever happened to the processes that wrote it."""

from collections.abc import Iterator

from processes import Installation

_TWICE = {
    "a message was judged twice": (
        "SELECT count(*) FROM (SELECT 1 FROM decisions"
        " GROUP BY origin, platform, channel_id, message_id HAVING count(*) > 1)"
    ),
    "a decision has two replies": (
        "SELECT count(*) FROM (SELECT 1 FROM replies GROUP BY decision_id HAVING count(*) > 1)"
    ),
    "a decision and its reply disagree": (
        "SELECT count(*) FROM decisions WHERE (action = 'reply') <> (id IN (SELECT decision_id FROM replies))"
    ),
}


def wrongs(here: Installation) -> Iterator[str]:
    """What does not hold, in words; nothing where the database is sound."""
    if here.rows("PRAGMA integrity_check") != ["ok"]:
        yield "the file is damaged"
    if here.rows("PRAGMA foreign_key_check"):
        yield "a row points nowhere"
    for wrong, query in _TWICE.items():
        if here.rows(query) != [0]:
            yield wrong


def is_sound(here: Installation) -> None:
    """Nothing is wrong, and no text is missing.

    Raises:
        AssertionError: says what is.
    """
    assert list(wrongs(here)) == []
    textless = "SELECT count(*) FROM decisions LEFT JOIN texts ON decision_id = id WHERE text IS NULL"
    assert here.rows(textless) == [0]
