from station_fixtures import browser, station  # noqa: F401 - fixtures
