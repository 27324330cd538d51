"""Addresses of the triage desk, below /triage/. They hold ids only, never a name, a place or a number."""

from django.urls import include, path

from backbeat.station.desk_triage import board_urls, call_urls, partner_urls, policy_urls
from backbeat.station.desk_triage.api import interface

app_name = "desk_triage"

urlpatterns = [
    *call_urls.urlpatterns,
    *board_urls.urlpatterns,
    *partner_urls.urlpatterns,
    *policy_urls.urlpatterns,
    path("api/v1/", include((interface.urlpatterns, "api"))),
]
