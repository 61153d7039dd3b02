"""The history of the tables of booking."""
