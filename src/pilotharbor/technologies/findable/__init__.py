"""What may a search engine know of what is offered and wanted here?"""
