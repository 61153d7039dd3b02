"""Did it work at scale?"""
