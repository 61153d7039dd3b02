"""What is offered and what is wanted?"""
