"""Where the domains are composed into one site and one API."""
