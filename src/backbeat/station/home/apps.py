from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "backbeat.station.home"
    label = "home"
    default_auto_field = "django.db.models.BigAutoField"
