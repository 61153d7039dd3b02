"""Plans and rooms in time, without a database."""
