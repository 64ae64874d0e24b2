"""Alembic's revisions. They never import `bot`, and are never edited once landed."""
