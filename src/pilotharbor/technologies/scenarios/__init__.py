"""Scenarios that look for a product, and products that look for a scenario."""
