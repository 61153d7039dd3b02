"""One box that finds anything one may see."""
