"""The process that finds: it holds the index of words and meaning and keeps it in step with the database.

No Django here: it is asked by the web over HTTP (``client``), and reads one table.
"""
