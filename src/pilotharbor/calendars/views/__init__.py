"""Pages of calendars, indicators, feeds and kiosks."""
