"""What Alembic runs to upgrade a record; `pipeline.record.migrating` hands it the connection."""

from alembic import context

from pipeline.record.base import metadata
from pipeline.record.migrating import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
