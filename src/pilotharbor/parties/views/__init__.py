"""Pages of organisations, people and access."""
