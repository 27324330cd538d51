from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "backbeat.station.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backbeat.station.accounts import signals

        signals.connect()
