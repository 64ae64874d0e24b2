"""Decisions, their texts apart, settings snapshots, the outbox, what stands about chats and people."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel_id", name="pk_channels"),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_installation"),
    )
    op.create_table(
        "left_alone",
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("author", name="pk_left_alone"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("author", name="pk_opt_outs"),
    )
    op.create_table(
        "policies",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_policies"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("arm", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=True),
        sa.Column("positive", sa.Float(), nullable=True),
        sa.Column("negative", sa.Float(), nullable=True),
        sa.Column("neutral", sa.Float(), nullable=True),
        sa.Column("ambiguous", sa.Float(), nullable=True),
        sa.Column("distress", sa.Float(), nullable=True),
        sa.Column("emotions", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("history", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("preprocessing", sa.Text(), nullable=True),
        sa.Column("policy_hash", sa.String(length=64), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.CheckConstraint("action IN ('reply', 'shadow', 'silence')", name="ck_decisions_action"),
        sa.CheckConstraint("origin IN ('live', 'replay')", name="ck_decisions_origin"),
        sa.ForeignKeyConstraint(["policy_hash"], ["policies.hash"], name="fk_decisions_policy_hash_policies"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint(
            "platform",
            "channel_id",
            "message_id",
            "origin",
            name="uq_decisions_platform_channel_id_message_id_origin",
        ),
    )
    op.create_index("ix_decisions_author", "decisions", ["author"], unique=False)
    op.create_index("ix_decisions_origin_decided_at", "decisions", ["origin", "decided_at"], unique=False)
    op.create_table(
        "replies",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("decision_id", BIG_ID, nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=True),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("phrase_id", sa.Text(), nullable=False),
        sa.Column("phrase_pool", sa.Text(), nullable=False),
        sa.Column("pool_version", sa.Text(), nullable=False),
        sa.Column("avoided", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("deadline", sa.DateTime(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("run_id", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("sequence", BIG_ID, nullable=True),
        sa.Column("sent_message_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'unconfirmed', 'expired', 'cancelled',"
            " 'simulated')",
            name="ck_replies_state",
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_replies_decision_id_decisions"),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("decision_id", name="uq_replies_decision_id"),
        sa.UniqueConstraint("sequence", name="uq_replies_sequence"),
    )
    op.create_index(
        "ix_replies_account_state", "replies", ["account", "state", "priority", "id"], unique=False
    )
    op.create_index("ix_replies_account_settled_at", "replies", ["account", "settled_at"], unique=False)
    op.create_index("ix_replies_author", "replies", ["author", "id"], unique=False)
    op.create_index("ix_replies_chat", "replies", ["platform", "channel_id", "id"], unique=False)
    op.create_index(
        "ix_replies_thread", "replies", ["platform", "channel_id", "thread_id", "id"], unique=False
    )
    op.create_table(
        "texts",
        sa.Column("decision_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_texts_decision_id_decisions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", name="pk_texts"),
    )
    op.create_index("ix_texts_expires_at", "texts", ["expires_at"], unique=False)


def downgrade() -> None:

    op.drop_index("ix_texts_expires_at", table_name="texts")
    op.drop_table("texts")
    op.drop_index("ix_replies_thread", table_name="replies")
    op.drop_index("ix_replies_chat", table_name="replies")
    op.drop_index("ix_replies_author", table_name="replies")
    op.drop_index("ix_replies_account_state", table_name="replies")
    op.drop_index("ix_replies_account_settled_at", table_name="replies")
    op.drop_table("replies")
    op.drop_index("ix_decisions_origin_decided_at", table_name="decisions")
    op.drop_index("ix_decisions_author", table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("policies")
    op.drop_table("opt_outs")
    op.drop_table("left_alone")
    op.drop_table("installation")
    op.drop_table("channels")
