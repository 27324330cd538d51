"""The demonstration: a fictional force and case, and a check that takes it through the real web path."""
