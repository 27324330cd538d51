"""Addresses of the call handler's pages."""

from django.urls import path

from backbeat.station.desk_triage.views import call, call_steps, start

urlpatterns = [
    path("", start.start, name="start"),
    path("calls/", call.mine, name="calls"),
    path("calls/new/", call.new, name="new"),
    path("calls/<uuid:pk>/", call.call, name="call"),
    path("calls/<uuid:pk>/related/", call.related, name="related"),
    path("calls/<uuid:pk>/keep/<slug:part>/", call.keep, name="keep"),
    path("calls/<uuid:pk>/<slug:name>/", call_steps.step, name="step"),
]
