"""Who gets which equipment when?"""
