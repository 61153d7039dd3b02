"""Is a result that changes hands at an agreed price shown to the public long enough?"""
