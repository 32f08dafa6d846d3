from django.urls import path

from studio.accounts import views

urlpatterns = [
    path("auth/csrf/", views.CsrfView.as_view(), name="auth-csrf"),
    path("auth/sign-up/", views.SignUpView.as_view(), name="auth-sign-up"),
    path("auth/sign-in/", views.SignInView.as_view(), name="auth-sign-in"),
    path("auth/sign-out/", views.SignOutView.as_view(), name="auth-sign-out"),
    path("auth/me/", views.MeView.as_view(), name="auth-me"),
    path("projects/<uuid:project_id>/api-keys/", views.ApiKeyListView.as_view(), name="api-key-list"),
    path(
        "projects/<uuid:project_id>/api-keys/<uuid:api_key_id>/", views.ApiKeyView.as_view(), name="api-key"
    ),
]
