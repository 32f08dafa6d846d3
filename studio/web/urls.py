from django.urls import path

from studio.web.views import HealthView, PipelineSchemaView

urlpatterns = [
    path("health/", HealthView.as_view(), name="health"),
    path("schema/pipeline/", PipelineSchemaView.as_view(), name="schema-pipeline"),
]
