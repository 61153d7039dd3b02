"""The history of the tables of facilities."""
