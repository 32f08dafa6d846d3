from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects, their members and what each may do."""

    name = "studio.projects"
    label = "projects"
