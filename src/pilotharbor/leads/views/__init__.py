"""Pages of leads, visits, teams and managers."""
