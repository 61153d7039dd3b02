"""What changes: records for others, sources, and what arrives from them."""
