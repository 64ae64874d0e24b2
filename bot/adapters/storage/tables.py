"""The tables, as SQLAlchemy Core sees them. `migrations/` creates them; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes only, kept in UTC, read back aware."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Raises ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """What was stored, with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


policies = Table(
    "policies",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("json", Text, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("origin", String(8), nullable=False),
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("thread_id", Text),
    Column("private", Boolean, nullable=False),
    Column("author", String(32)),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("arm", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("label", String(16)),
    Column("positive", Float),
    Column("negative", Float),
    Column("neutral", Float),
    Column("ambiguous", Float),
    Column("distress", Float),
    Column("emotions", JSON(none_as_null=True)),
    Column("facts", JSON(none_as_null=True)),
    Column("history", JSON(none_as_null=True)),
    Column("model", Text),
    Column("preprocessing", Text),
    Column("policy_hash", String(64), ForeignKey("policies.hash"), nullable=False),
    Column("milliseconds", Float, nullable=False),
    UniqueConstraint("platform", "channel_id", "message_id", "origin"),
    CheckConstraint("origin IN ('live', 'replay')", name="origin"),
    CheckConstraint("action IN ('reply', 'shadow', 'silence')", name="action"),
    Index("ix_decisions_origin_decided_at", "origin", "decided_at"),
    Index("ix_decisions_author", "author"),
    Index("ix_decisions_chat", "platform", "channel_id", "decided_at"),
)

texts = Table(
    "texts",
    metadata,
    Column("decision_id", BigId, ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_texts_expires_at", "expires_at"),
)

replies = Table(
    "replies",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("decision_id", BigId, ForeignKey("decisions.id"), nullable=False, unique=True),
    Column("origin", String(8), nullable=False),
    Column("account", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("thread_id", Text),
    Column("private", Boolean, nullable=False),
    Column("author", String(32)),
    Column("address", JSON(none_as_null=True)),
    Column("text", Text, nullable=False),
    Column("phrase_id", Text, nullable=False),
    Column("phrase_pool", Text, nullable=False),
    Column("pool_version", Text, nullable=False),
    Column("avoided", JSON, nullable=False),
    Column("priority", Integer, nullable=False, default=0),
    Column("state", String(12), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deadline", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime),
    Column("run_id", String(32)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("settled_at", UtcDateTime),
    Column("sequence", BigId, unique=True),
    Column("sent_message_id", Text),
    Column("detail", Text),
    Column("looks", Integer, nullable=False, default=0, server_default="0"),
    CheckConstraint(
        "state IN ('pending', 'sending', 'sent', 'failed', 'unconfirmed', 'expired', 'cancelled',"
        " 'simulated')",
        name="state",
    ),
    Index("ix_replies_account_state", "account", "state", "priority", "id"),
    Index("ix_replies_account_settled_at", "account", "settled_at"),
    Index("ix_replies_author", "author", "id"),
    Index("ix_replies_thread", "platform", "channel_id", "thread_id", "id"),
    Index("ix_replies_chat", "platform", "channel_id", "id"),
    Index("ix_replies_sent_message_id", "platform", "channel_id", "sent_message_id"),
)

channels = Table(
    "channels",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("channel_id", Text, primary_key=True),
    Column("owner", Text),
    Column("overrides", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("author", String(32), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

left_alone = Table(
    "left_alone",
    metadata,
    Column("author", String(32), primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

BACKED_UP_AT = "backed_up_at"
"""In `installation` of a backup alone: when it was made."""

FEED_FLOOR = "feed_floor"
"""In `installation` of a restored database alone: a number that no new reply of the feed stays below."""
