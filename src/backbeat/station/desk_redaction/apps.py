"""Django's entry to the redaction desk, and what the station is told about it."""

from django.apps import AppConfig


class RedactionDeskConfig(AppConfig):
    name = "backbeat.station.desk_redaction"
    label = "desk_redaction"
    verbose_name = "Redaction"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Plug the desk in."""
        from backbeat.station.desk_redaction.work import work_for
        from backbeat.station.desks import Desk, register

        register(
            Desk(
                name="redaction",
                app=self.name,
                title="Redaction",
                prefix="redaction",
                permission="redaction.view",
                case_url="desk_redaction:home",
                work_for=work_for,
            )
        )
