"""What do other harbours offer, and what may they read of ours?"""
