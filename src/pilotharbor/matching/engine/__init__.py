"""Plain Python that says which texts speak of the same thing, and why; knows no database."""
