"""One voyage on one page: the only place that reads all domains of a project together."""
