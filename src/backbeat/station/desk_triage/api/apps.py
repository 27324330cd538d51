"""Django's entry to the interface of the triage desk: tokens and requests are tables of its own."""

from django.apps import AppConfig


class TriageApiConfig(AppConfig):
    name = "backbeat.station.desk_triage.api"
    label = "triage_api"
    verbose_name = "Interface of the triage desk"
    default_auto_field = "django.db.models.BigAutoField"
