"""How a language writes days and times in the fields of a form."""
