"""Where can it be tried, by whom, at what price?"""
