"""Django's entry to the crime desk, and what the station is told about it."""

from django.apps import AppConfig


class CrimeDeskConfig(AppConfig):
    name = "backbeat.station.desk_crime"
    label = "desk_crime"
    verbose_name = "Crime recording"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Plug the desk in: reports of crime belong to no case, so it has pages of its own."""
        from backbeat.station.desk_crime.work import work_for
        from backbeat.station.desks import Desk, register

        register(
            Desk(
                name="crime",
                app=self.name,
                title="Crime",
                prefix="",
                permission="crime.view",
                case_url="",
                work_for=work_for,
                site_prefix="crime",
                site_url="desk_crime:queue",
            )
        )
