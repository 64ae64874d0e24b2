"""The tables of conversations: chats, updates, feedback, own phrases, reviews. See `tables`."""

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
    UniqueConstraint,
)

from bot.adapters.storage.tables import BigId, UtcDateTime, metadata

chats = Table(
    "chats",
    metadata,
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("noticed_at", UtcDateTime),
    Column("shadow_since", UtcDateTime),
    Column("whispers", Boolean),
    Column("silenced", String(32)),
    Column("contact", Text),
    Column("notes_to", JSON, nullable=False),
    Column("told", JSON, nullable=False),
    Column("experiment_consent_at", UtcDateTime),
    PrimaryKeyConstraint("platform", "channel_id"),
)

handled_updates = Table(
    "handled_updates",
    metadata,
    Column("account", Text, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account", "update_id"),
    Index("ix_handled_updates_at", "at"),
)

failed_updates = Table(
    "failed_updates",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("account", Text, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("error", String(128), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("account", "update_id"),
    Index("ix_failed_updates_at", "at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("reply_id", BigId, ForeignKey("replies.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("reply_id", "kind"),
    CheckConstraint(
        "kind IN ('helped', 'not_needed', 'leave_me_alone', 'good_bot', 'bad_bot', 'upvoted', 'downvoted')",
        name="kind",
    ),
)

own_phrases = Table(
    "own_phrases",
    metadata,
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("phrase_id", Text, nullable=False),
    Column("text", Text),
    Column("emotions", JSON, nullable=False),
    Column("muted", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("platform", "channel_id", "phrase_id"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("decision_id", BigId, ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("label", String(16)),
    Column("teach", Boolean, nullable=False),
    Column("drawn_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime),
    CheckConstraint("label IN ('negative', 'neutral', 'positive')", name="label"),
    Index("ix_reviews_chat", "platform", "channel_id", "at", "drawn_at", "place"),
)
