"""Tags of the market's pages."""
