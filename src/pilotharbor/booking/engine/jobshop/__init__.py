"""Flexible job shops as the literature has them: machines, operations, and how soon all is done."""
