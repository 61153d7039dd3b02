"""Who is on site and may run what."""
