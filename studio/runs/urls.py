from django.urls import path

from studio.runs import views

prefix = "projects/<uuid:project_id>/runs/"

urlpatterns = [
    path(prefix, views.RunListView.as_view(), name="runs"),
    path(f"{prefix}<uuid:run_id>/", views.RunView.as_view(), name="run"),
    path(f"{prefix}<uuid:run_id>/artifacts/<str:name>/", views.ArtifactView.as_view(), name="run-artifact"),
    path("boards/", views.BoardListView.as_view(), name="boards"),
]
