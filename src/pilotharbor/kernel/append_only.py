"""Which tables are only ever added to: the role of web and worker may neither update nor delete them.

On each of them stand two triggers that refuse also the owner: one for every row (UPDATE, DELETE)
and ``<table>_no_truncate`` for the whole table.
"""

TABLES: tuple[str, ...] = (
    "kernel_event",
    "ledger_account",
    "ledger_journalentry",
    "ledger_posting",
    "documents_rendering",
    "technologies_entryversion",
    "crew_examination",
    "booking_review",
    "booking_quote",
    "booking_charge",
    "telemetry_sample",
)
