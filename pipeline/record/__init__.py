"""The store of truth.

    with Record("sqlite:////home/me/tallywire/record.db") as record:
        record.migrate()
        with record.begin() as tx:
            tx.entries.add(entries)
        with record.read() as tx:
            tx.entries.counts()

A transaction holds one accessor for each noun (``tx.topics``, ``tx.feeds``, ``tx.entries`` …), each in the module of
that name with its tables.
"""

from pipeline.record.store import Record
from pipeline.record.transaction import Kind, Transaction

__all__ = ["Kind", "Record", "Transaction"]
