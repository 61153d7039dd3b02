"""Pages of matches and of the index behind them."""
