"""Judging batches and campaigns: plain arithmetic, no database."""
