"""Projects, gates, stewards and follow-up."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Projects, gates, stewards and follow-up."""

    name = "pilotharbor.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"
