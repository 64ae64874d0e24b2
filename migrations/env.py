"""Run by alembic for each command; the connection comes from the caller."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    render_as_batch=True,
    # SQLite can; alembic's default says otherwise, and then a killed migration stays half done
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
