"""gunicorn's configuration, read by gunicorn itself."""

from backbeat.station.logs import CONFIGURATION

worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 25
keepalive = 5
limit_request_line = 2048
limit_request_fields = 60
accesslog = None
"""The station writes one line a request itself, without the path."""
logconfig_dict = CONFIGURATION
