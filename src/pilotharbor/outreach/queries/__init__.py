"""Questions about roadshows, challenges and coaching, one module for each."""
