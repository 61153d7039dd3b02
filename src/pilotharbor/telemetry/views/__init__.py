"""Pages of signals, alarms and connectors."""
