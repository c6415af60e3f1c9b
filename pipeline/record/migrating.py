"""Bringing the tables of a record to what this program expects.

Alembic is imported only where there is something to do: it takes as long as the rest of the program together, and most
starts find the record as it should be.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Text, column, func, select, table

from pipeline.errors import RecordError

HEAD = "0014"
"""The newest migration in ``migrations/versions``."""

VERSION_TABLE = "tallywire_version"
"""Not Alembic's usual name, which another program in the same PostgreSQL database may use."""

_LOCK = 0x7461_6C6C_7973_6574
"""The number of the advisory lock that lets one process at a time set up a database."""


def is_current(connection: Connection) -> bool:
    """Whether the tables are as this program expects. Raises ``RecordError`` where there are none."""
    versions = select(column("version_num", Text)).select_from(table(VERSION_TABLE))
    return connection.scalars(versions).all() == [HEAD]


def upgrade(connection: Connection, where: str) -> None:
    """Create or upgrade the tables, all in the transaction of ``connection``.

    Raises ``RecordError`` where the record was written by a newer program.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    config = Config()
    # ConfigParser would take a % in the path for an interpolation.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()
    if not known.issuperset(current):
        raise RecordError(
            "the record was written by a newer Tallywire",
            where=where,
            why=f"its tables are at {', '.join(current)}, which this version does not know",
            hint="upgrade Tallywire; downgrading needs a backup of the record",
        )
    command.upgrade(config, "head")
