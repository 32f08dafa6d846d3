from django.urls import path

from studio.signing import views

urlpatterns = [
    path("projects/<uuid:project_id>/hmac-key/", views.HmacKeyView.as_view(), name="hmac-key"),
]
