"""Where does this one stand, and who owes what?"""
