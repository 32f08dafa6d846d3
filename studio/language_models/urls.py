from django.urls import path, register_converter

from studio.language_models import views


class FileNameConverter:
    """A file's name, with or without a slash behind it: ``curl -T FILE .../files/`` sends none."""

    regex = "[^/]+/?"

    def to_python(self, value: str) -> str:
        return value.removesuffix("/")

    def to_url(self, value: str) -> str:
        return value


register_converter(FileNameConverter, "file_name")

prefix = "projects/<uuid:project_id>/language-models/"
model = f"{prefix}<uuid:model_id>/"

urlpatterns = [
    path(prefix, views.LanguageModelListView.as_view(), name="language-models"),
    path(f"{prefix}folders/", views.ServerFolderListView.as_view(), name="language-model-folders"),
    path(model, views.LanguageModelView.as_view(), name="language-model"),
    path(f"{model}complete/", views.CompleteView.as_view(), name="language-model-complete"),
    path(f"{model}files/<file_name:name>", views.FileView.as_view(), name="language-model-file"),
]
