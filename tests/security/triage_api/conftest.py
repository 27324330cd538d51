import station_django  # noqa: F401 - sets Django up before any test module imports parts of it
