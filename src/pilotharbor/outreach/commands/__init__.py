"""What can happen to roadshows, challenges and coaching, one module for each noun."""
