"""Plain Python: shares of a company. No Django here."""
