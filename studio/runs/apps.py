"""The runs app."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "studio.runs"
    label = "runs"

    def ready(self) -> None:
        from studio.jobs.work import register_work
        from studio.runs.work import RunWork

        register_work(RunWork())
