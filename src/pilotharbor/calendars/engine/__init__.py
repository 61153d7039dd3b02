"""Plain Python: how hours fall on days and weekdays, and the indicators of use. No Django here."""
