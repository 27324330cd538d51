"""The life of a call, pure: what happened (`events`), how it stands (`state`), what is owed (`owed`), what is due when
(`clocks`), and whether it is about the same matter as another (`repeats`).

No clock, no file, no database: times are handed in, events come from whoever stores them.
"""
