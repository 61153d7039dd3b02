"""What does the region see and reward?"""
