"""What people type about roadshows, challenges and coaching, one module for each."""
