"""What programs read and do about leads, one file for each of its rooms."""
