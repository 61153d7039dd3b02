"""What needs no database: reading messages, judging series, turning points, the spool."""
