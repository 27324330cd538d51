"""Addresses of the triage desk, below /triage/. They hold ids only, never a name, a place or a number."""

from backbeat.station.desk_triage import call_urls

app_name = "desk_triage"

urlpatterns = [
    *call_urls.urlpatterns,
]
