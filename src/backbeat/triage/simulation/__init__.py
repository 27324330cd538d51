"""Months of calls, made up or from a force's own log, decided under two policies: what would change, and for whom.

Made-up calls show how policies differ, never what a force saves. Nothing is imported here.
"""
