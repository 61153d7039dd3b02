"""Who owes and earns what?"""
