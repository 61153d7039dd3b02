"""Plain Python: calendars by RFC 5545, shares of a company. No Django here."""
