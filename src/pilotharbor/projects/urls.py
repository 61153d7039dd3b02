"""Addresses of projects; the cockpit itself is ``web.voyages``."""

from django.urls import path

from pilotharbor.projects.views import lists, people, work

urlpatterns = [
    path("projects", lists.project_list, name="projects"),
    path("projects/new", people.project_new, name="project_new"),
    path("projects/<int:project_id>/stewards", people.stewards, name="project_stewards"),
    path("projects/<int:project_id>/team", people.team, name="project_team"),
    path(
        "projects/<int:project_id>/team/<int:membership_id>/dismiss",
        people.dismiss,
        name="project_dismiss",
    ),
    path("projects/<int:project_id>/start", work.start, name="project_start"),
    path("projects/<int:project_id>/plan", work.plan, name="project_plan"),
    path("projects/<int:project_id>/tasks/new", work.task_new, name="task_new"),
    path("projects/<int:project_id>/close", work.close, name="project_close"),
    path("projects/<int:project_id>/end", work.end, name="project_end"),
    path("leads/<int:lead_id>/project", lists.of_lead, name="lead_project"),
    path("tasks", lists.task_list, name="tasks"),
    path("tasks/<int:task_id>/done", work.task_done, name="task_done"),
    path("tasks/<int:task_id>/drop", work.task_drop, name="task_drop"),
]
