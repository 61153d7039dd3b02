"""Which requests together make a schedule worth having."""
