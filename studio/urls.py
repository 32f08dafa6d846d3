"""Every address of the studio. An app's ``urls.py`` is found; adding an app edits nothing here."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from studio.web import views
from studio.web.docs import DocsView
from studio.web.handbook import handbook

handler400 = "studio.web.errors.bad_request"
handler403 = "studio.web.errors.permission_denied"
handler404 = "studio.web.errors.page_not_found"
handler500 = "studio.web.errors.server_error"

api_urls = [path("", include(f"{app}.urls")) for app in settings.STUDIO_APPS if find_spec(f"{app}.urls")]

urlpatterns = [
    path("api/v1/", include(api_urls)),
    path("api/schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    re_path(r"^api(/.*)?$", views.no_such_endpoint, name="no-such-endpoint"),
    path("docs/", handbook, name="handbook"),
    path("docs/<path:page>", handbook, name="handbook-page"),
    re_path(r"^(?P<path>.*)$", views.single_page_app, name="app"),
]
