from django.urls import path

from studio.data import views

_PROJECT = "projects/<uuid:project_id>/"
_SAMPLE = f"{_PROJECT}samples/<uuid:sample_id>/"

urlpatterns = [
    path(f"{_PROJECT}samples/", views.SampleListView.as_view(), name="sample-list"),
    path(f"{_PROJECT}samples/summary/", views.SummaryView.as_view(), name="sample-summary"),
    path(f"{_PROJECT}samples/bulk/", views.BulkView.as_view(), name="sample-bulk"),
    path(f"{_PROJECT}samples/split/", views.ResplitView.as_view(), name="sample-split"),
    path(_SAMPLE, views.SampleView.as_view(), name="sample"),
    path(f"{_SAMPLE}waveform/", views.WaveformView.as_view(), name="sample-waveform"),
    path(f"{_SAMPLE}audio.wav", views.AudioView.as_view(), name="sample-audio"),
    path(f"{_SAMPLE}original/", views.OriginalView.as_view(), name="sample-original"),
    path(f"{_PROJECT}dataset-versions/", views.DatasetVersionListView.as_view(), name="dataset-version-list"),
    path(
        f"{_PROJECT}dataset-versions/<uuid:version_id>/",
        views.DatasetVersionView.as_view(),
        name="dataset-version",
    ),
]
