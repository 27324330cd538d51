"""The worker of the station: `python -m backbeat.station.worker`. Runs the jobs and keeps the clocks of every desk."""

import logging
import os

__all__ = ["main"]

log = logging.getLogger("backbeat.station.worker")  # also where this module is run as a program


def main() -> None:
    """Work until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backbeat.station.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import close_old_connections

    from backbeat.canonical import Json
    from backbeat.runner import Handler, JobContext, JobQueue, Worker
    from backbeat.station.desks import clocks, job_handlers
    from backbeat.station.ticking import ticking

    def fresh(handler: Handler) -> Handler:
        """A database that went away between two jobs must not fail the second."""

        def run(context: JobContext) -> Json:
            close_old_connections()
            return handler(context)

        return run

    with ticking(clocks()):  # before the handlers, which are slow to import: timers may have run out meanwhile
        handlers = {kind: fresh(handler) for kind, handler in job_handlers().items()}
        log.info("worker started for %d kinds of job", len(handlers))
        Worker(JobQueue.open(settings.INSTALLATION), handlers).run()


if __name__ == "__main__":
    main()
