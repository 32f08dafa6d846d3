from django.urls import path

from studio.language_models import views

prefix = "projects/<uuid:project_id>/language-models/"
model = f"{prefix}<uuid:model_id>/"

urlpatterns = [
    path(prefix, views.LanguageModelListView.as_view(), name="language-models"),
    path(f"{prefix}folders/", views.ServerFolderListView.as_view(), name="language-model-folders"),
    path(model, views.LanguageModelView.as_view(), name="language-model"),
    path(f"{model}complete/", views.CompleteView.as_view(), name="language-model-complete"),
    path(f"{model}files/<str:name>/", views.FileView.as_view(), name="language-model-file"),
]
