"""Pages of roadshows, challenges and coaching, one module for each."""
