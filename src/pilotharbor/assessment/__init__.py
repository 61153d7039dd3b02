"""Is it worth it, and how mature is it?"""
