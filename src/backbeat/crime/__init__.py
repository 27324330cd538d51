"""Crime desk: whether a report is a crime, which and how many, by when, who decides, and on which page that stands.

`service` holds the use cases, `model` the nouns. Nothing is imported here, so that reading the rules or asking for help
does not load the rest.
"""
