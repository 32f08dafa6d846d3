"""The API's documentation: Swagger UI from our own files, under our own Content-Security-Policy."""

from __future__ import annotations

from drf_spectacular.views import SpectacularSwaggerSplitView


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI whose start-up script is a file of its own, not an inline script."""

    template_name = "web/docs.html"
