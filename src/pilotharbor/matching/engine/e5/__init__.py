"""What does a text mean, without asking anybody? A small multilingual model on this machine."""
