"""Triage desk: who owns a call about somebody's health or welfare, why, and what is owed before it may be closed.

`assessing` decides from facts and a policy, `calls` holds the life of a call, `policy` what a force may change and how,
`simulation` tries policies on months of calls. Nothing is imported here, so that asking for help does not load the
rest.
"""
