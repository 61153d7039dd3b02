"""Which tables are only ever added to: the role of web and worker may neither update nor delete them."""

TABLES: tuple[str, ...] = (
    "kernel_event",
    "ledger_account",
    "ledger_journalentry",
    "ledger_posting",
    "documents_rendering",
)
