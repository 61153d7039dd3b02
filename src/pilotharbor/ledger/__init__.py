"""Does every fen have two sides?"""
