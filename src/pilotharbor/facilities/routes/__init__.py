"""Doors for programs to lines and equipment."""
