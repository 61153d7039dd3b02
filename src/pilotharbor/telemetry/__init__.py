"""What the equipment did, by its own signals."""
