"""The demonstration harbour: real cases played through the API, so that every page has a story."""
