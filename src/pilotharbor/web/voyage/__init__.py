"""Playing a whole case through the public HTTP API, each step as the person whose step it is."""
