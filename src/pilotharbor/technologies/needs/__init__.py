"""A need, asked question by question and made into a text."""
