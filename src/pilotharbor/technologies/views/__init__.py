"""Pages of results and needs."""
