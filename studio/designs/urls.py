from django.urls import path

from studio.designs import views

prefix = "projects/<uuid:project_id>/designs/"

urlpatterns = [
    path(prefix, views.DesignListView.as_view(), name="designs"),
    path(f"{prefix}suggestion/", views.SuggestionView.as_view(), name="design-suggestion"),
    path(f"{prefix}check/", views.CheckView.as_view(), name="design-check"),
    path(f"{prefix}preview/", views.PreviewView.as_view(), name="design-preview"),
    path(f"{prefix}<uuid:design_id>/", views.DesignView.as_view(), name="design"),
    path("schema/pipeline/", views.PipelineSchemaView.as_view(), name="pipeline-schema"),
]
