"""Pages of the crime desk."""
