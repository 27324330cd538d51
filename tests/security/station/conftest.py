import station_django  # noqa: F401 - sets Django up before any test module imports parts of it
from station_fixtures import browser, station  # noqa: F401 - fixtures
