"""The deployments app."""

from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    name = "studio.deployments"
    label = "deployments"

    def ready(self) -> None:
        from studio.deployments.work import DeploymentWork
        from studio.jobs.work import register_work

        register_work(DeploymentWork())
