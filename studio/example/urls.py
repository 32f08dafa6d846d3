from django.urls import path

from studio.example.views import ExampleView

urlpatterns = [path("example-project/", ExampleView.as_view(), name="example-project")]
