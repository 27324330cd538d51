"""The redaction desk's pages, one module for each step of the work."""
