"""The triage desk in the station: calls, who owns them, and what is still owed on them."""
