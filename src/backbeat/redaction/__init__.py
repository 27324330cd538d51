"""Redaction desk: find what a recipient must not see, let a person decide, remove it for good, prove it is gone."""
