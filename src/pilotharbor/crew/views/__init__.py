"""Pages of the crew: rosters, leave, skills, courses, qualifications."""
