"""Pages of lines and equipment."""
