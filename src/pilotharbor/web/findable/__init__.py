"""How do search engines find what is public here?"""
