"""A test-only app: handlers whose effects can be counted, inside the delivery and outside it."""
