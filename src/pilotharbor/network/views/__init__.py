"""Pages of the network, and the provider's address."""
