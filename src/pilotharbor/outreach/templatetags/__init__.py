"""What templates of this domain say in figures."""
