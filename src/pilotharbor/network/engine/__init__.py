"""OAI-PMH itself: how it is written, asked and read, with no word of our tables."""
