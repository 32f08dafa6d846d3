from django.urls import path

from studio.jobs import live, views

prefix = "projects/<uuid:project_id>/jobs/"

urlpatterns = [
    path(prefix, views.JobListView.as_view(), name="jobs"),
    path(f"{prefix}<uuid:job_id>/", views.JobView.as_view(), name="job"),
    path(f"{prefix}<uuid:job_id>/cancel/", views.JobCancelView.as_view(), name="job-cancel"),
    path(f"{prefix}<uuid:job_id>/retry/", views.JobRetryView.as_view(), name="job-retry"),
    path(f"{prefix}<uuid:job_id>/log/", views.JobLogView.as_view(), name="job-log"),
    path(f"{prefix}<uuid:job_id>/events/", live.JobEventsView.as_view(), name="job-events"),
]
