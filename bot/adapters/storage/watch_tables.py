"""The tables of polled platforms: cursors, blocks, replies to remove. See `tables`."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from bot.adapters.storage.tables import BigId, UtcDateTime, metadata

cursors = Table(
    "cursors",
    metadata,
    Column("account", Text, nullable=False),
    Column("stream", String(32), nullable=False),
    Column("recent", JSON, nullable=False),
    Column("polled_at", UtcDateTime, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("last_gap_at", UtcDateTime),
    PrimaryKeyConstraint("account", "stream"),
)

blocks = Table(
    "blocks",
    metadata,
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("times", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("platform", "channel_id"),
)

removals = Table(
    "removals",
    metadata,
    Column("reply_id", BigId, ForeignKey("replies.id"), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("wish", String(16), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UtcDateTime),
    Column("found", Boolean),
    CheckConstraint("wish IN ('parent_deleted', 'asked', 'moderator', 'low_score')", name="wish"),
    Index("ix_removals_waiting", "platform", "done_at", "attempts", "asked_at"),
)
