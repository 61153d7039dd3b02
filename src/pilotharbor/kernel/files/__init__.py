"""Files people hand in: what they are, where their bytes lie, how they leave the house."""
