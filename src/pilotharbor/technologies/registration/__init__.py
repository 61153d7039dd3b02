"""What does the national register of results (科技成果登记) ask, and what of it is still missing?"""
