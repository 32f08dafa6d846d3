from django.urls import path

from studio.deployments import views

prefix = "projects/<uuid:project_id>/deployments/"

urlpatterns = [
    path(prefix, views.DeploymentListView.as_view(), name="deployments"),
    path(f"{prefix}<uuid:deployment_id>/", views.DeploymentView.as_view(), name="deployment"),
    path(
        f"{prefix}<uuid:deployment_id>/download/",
        views.DownloadView.as_view(),
        name="deployment-download",
    ),
    path("deploy-targets/", views.TargetListView.as_view(), name="deploy-targets"),
]
