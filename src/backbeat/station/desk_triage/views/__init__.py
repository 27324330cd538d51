"""Pages of the triage desk."""
