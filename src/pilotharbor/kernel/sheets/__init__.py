"""What stands in this table file, and which of its cells cannot be used?"""

from pilotharbor.kernel.sheets.columns import BadCell, Column, Row, Unreadable
from pilotharbor.kernel.sheets.read import Table, open_table
from pilotharbor.kernel.sheets.workbook import unpacked_size
from pilotharbor.kernel.sheets.write import (
    csv_chunks,
    error_rows,
    errors_path,
    forget_errors,
    neutral,
    write_csv,
    write_errors,
    write_xlsx,
)

__all__ = [
    "BadCell",
    "Column",
    "Row",
    "Table",
    "Unreadable",
    "csv_chunks",
    "error_rows",
    "errors_path",
    "forget_errors",
    "neutral",
    "open_table",
    "unpacked_size",
    "write_csv",
    "write_errors",
    "write_xlsx",
]
