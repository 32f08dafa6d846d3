from django.urls import path

from studio.web.views import HealthView

urlpatterns = [path("health/", HealthView.as_view(), name="health")]
