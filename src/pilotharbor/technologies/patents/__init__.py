"""Which patents and other rights are there, until when, and which of them sleep?"""
