"""The station: the Django site where people sit at their desks."""
