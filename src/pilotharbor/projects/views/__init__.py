"""Pages of projects: lists, people, plan, tasks, gates. The cockpit stands above all domains."""
