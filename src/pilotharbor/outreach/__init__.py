"""Contests, roadshows and coaching: who met, who was judged, what came of it?"""
