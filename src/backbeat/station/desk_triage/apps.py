"""Django's entry to the triage desk, and what the station is told about it."""

from django.apps import AppConfig


class TriageDeskConfig(AppConfig):
    name = "backbeat.station.desk_triage"
    label = "desk_triage"
    verbose_name = "Call triage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Plug the desk in: calls belong to no case, so it has pages of its own."""
        from backbeat.station.desk_triage.work import work_for
        from backbeat.station.desks import Desk, register

        register(
            Desk(
                name="triage",
                app=self.name,
                title="Calls",
                prefix="",
                permission="triage.enter",
                case_url="",
                work_for=work_for,
                site_prefix="triage",
                site_url="desk_triage:start",
            )
        )
