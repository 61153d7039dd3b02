"""What was promised, by whom, to whom?"""
