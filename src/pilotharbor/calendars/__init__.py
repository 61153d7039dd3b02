"""When is what free, who is where, and how well is it all used."""
