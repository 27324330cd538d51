"""The interface for a command-and-control system: `/triage/api/v1/`.

A connected system sends calls, facts and what happened, and reads what a call came to. `routes` has the operations,
`tokens` who may call them, `once` what makes sending again safe, `bodies` what may be sent, `answers` what comes back,
`interface` puts them together and turns every error into JSON.
"""
