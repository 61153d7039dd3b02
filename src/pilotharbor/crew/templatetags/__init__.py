"""Template tags of the crew."""
