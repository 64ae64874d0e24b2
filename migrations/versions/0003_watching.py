"""Polled platforms: cursors, blocks, looks at unconfirmed replies, replies to remove, feedback of readers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "kind IN ('helped', 'not_needed', 'leave_me_alone')"
AFTER = "kind IN ('helped', 'not_needed', 'leave_me_alone', 'good_bot', 'bad_bot', 'upvoted', 'downvoted')"


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("stream", sa.String(length=32), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("polled_at", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("last_gap_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "stream", name="pk_cursors"),
    )
    op.create_table(
        "blocks",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "channel_id", name="pk_blocks"),
    )
    op.create_table(
        "removals",
        sa.Column("reply_id", BIG_ID, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("wish", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("found", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("reply_id", name="pk_removals"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_removals_reply_id_replies"),
        sa.CheckConstraint(
            "wish IN ('parent_deleted', 'asked', 'moderator', 'low_score')", name=op.f("ck_removals_wish")
        ),
    )
    op.create_index("ix_removals_waiting", "removals", ["platform", "done_at", "attempts", "asked_at"])
    op.add_column("replies", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    _restrict_feedback(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM feedback WHERE kind IN ('good_bot', 'bad_bot', 'upvoted', 'downvoted')")
    _restrict_feedback(BEFORE)
    op.drop_column("replies", "looks")
    for table in ("removals", "blocks", "cursors"):
        op.drop_table(table)


def _restrict_feedback(condition: str) -> None:
    with op.batch_alter_table("feedback") as feedback:
        feedback.drop_constraint(op.f("ck_feedback_kind"), type_="check")
        feedback.create_check_constraint(op.f("ck_feedback_kind"), condition)
