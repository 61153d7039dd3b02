"""Which files belong to an entry, and what did it say before?"""
