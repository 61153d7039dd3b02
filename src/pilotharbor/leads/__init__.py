"""Who carries a match to a signature, and what did each step take?"""
