"""Conversations: what stands about chats, handled and failed updates, feedback, own phrases, reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(), nullable=True),
        sa.Column("shadow_since", sa.DateTime(), nullable=True),
        sa.Column("whispers", sa.Boolean(), nullable=True),
        sa.Column("silenced", sa.String(length=32), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("notes_to", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("experiment_consent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "channel_id", name="pk_chats"),
    )
    op.create_table(
        "handled_updates",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "update_id", name="pk_handled_updates"),
    )
    op.create_index("ix_handled_updates_at", "handled_updates", ["at"])
    op.create_table(
        "failed_updates",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("error", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_failed_updates"),
        sa.UniqueConstraint("account", "update_id", name="uq_failed_updates_account_update_id"),
    )
    op.create_index("ix_failed_updates_at", "failed_updates", ["at"])
    op.create_table(
        "feedback",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reply_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_feedback_reply_id_replies"),
        sa.UniqueConstraint("reply_id", "kind", name="uq_feedback_reply_id_kind"),
        sa.CheckConstraint(
            "kind IN ('helped', 'not_needed', 'leave_me_alone')", name=op.f("ck_feedback_kind")
        ),
    )
    op.create_table(
        "own_phrases",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("phrase_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("emotions", sa.JSON(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel_id", "phrase_id", name="pk_own_phrases"),
    )
    op.create_table(
        "reviews",
        sa.Column("decision_id", BIG_ID, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=True),
        sa.Column("teach", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("decision_id", name="pk_reviews"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name="fk_reviews_decision_id_decisions", ondelete="CASCADE"
        ),
        sa.CheckConstraint("label IN ('negative', 'neutral', 'positive')", name=op.f("ck_reviews_label")),
    )
    op.create_index("ix_reviews_chat", "reviews", ["platform", "channel_id", "at", "drawn_at", "place"])
    op.create_index("ix_decisions_chat", "decisions", ["platform", "channel_id", "decided_at"])
    op.create_index("ix_replies_sent_message_id", "replies", ["platform", "channel_id", "sent_message_id"])


def downgrade() -> None:
    op.drop_index("ix_decisions_chat", table_name="decisions")
    op.drop_index("ix_replies_sent_message_id", table_name="replies")
    for table in ("reviews", "own_phrases", "feedback", "failed_updates", "handled_updates", "chats"):
        op.drop_table(table)
