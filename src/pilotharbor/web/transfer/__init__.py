"""How does a list come in from a file, and how does it leave as one?"""
