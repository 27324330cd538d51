"""Redaction desk: find what a recipient must not see, let a person decide, remove it for good, prove it is gone.

`service` holds the use cases, `model` the nouns. Nothing is imported here, so that reading one kind of file or asking
for help does not load the libraries of all the others.
"""
