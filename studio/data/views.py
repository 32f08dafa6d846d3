"""Samples and dataset versions over REST."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from pipelines.signals import Signal
from studio import storage
from studio.data import queries
from studio.data import serializers as shapes
from studio.data.audio import LOWEST_SAMPLE_RATE_HZ, WavFile
from studio.data.envelope import envelope
from studio.data.ingestion import ingest
from studio.data.models import DatasetVersion, Sample
from studio.downloads import StoredFile, serve
from studio.projects.access import UPLOAD, ProjectScoped


def _checked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


class SampleListView(ProjectScoped, generics.ListAPIView[Sample]):
    """The project's samples."""

    queryset = Sample.objects.all()
    serializer_class = shapes.SampleSerializer
    parser_classes = [MultiPartParser]
    writing = UPLOAD

    def get_queryset(self) -> QuerySet[Sample]:
        samples = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return samples
        wanted = _checked(shapes.SampleQuerySerializer, self.request.query_params)
        return queries.filtered(samples, wanted).order_by(wanted["ordering"], "id")

    @extend_schema(parameters=[shapes.SampleQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="projects_samples_upload",
        request={"multipart/form-data": shapes.UploadSerializer},
        responses={201: shapes.SampleSerializer},
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a recording. 409 where the project has this very content already."""
        fields = _checked(shapes.UploadSerializer, request.data)
        sample = ingest(self.project, fields.pop("file"), fields)
        return Response(shapes.SampleSerializer(sample).data, status=status.HTTP_201_CREATED)


class SampleView(ProjectScoped, generics.RetrieveUpdateDestroyAPIView[Sample]):
    """One sample."""

    queryset = Sample.objects.all()
    serializer_class = shapes.SampleSerializer
    lookup_url_kwarg = "sample_id"
    http_method_names = ["get", "patch", "delete", "head"]

    def perform_destroy(self, sample: Sample) -> None:
        queries.delete_samples(self.project, Sample.objects.filter(pk=sample.pk))


class _SampleContentView(ProjectScoped, generics.GenericAPIView[Sample]):
    queryset = Sample.objects.all()
    lookup_url_kwarg = "sample_id"

    def open_signal(self, sample: Sample) -> Signal:
        try:
            values = np.load(storage.local_path(sample.signal_key), mmap_mode="r", allow_pickle=False)
        except FileNotFoundError:
            raise Http404 from None
        return Signal(values, sample.sample_rate_hz, tuple(sample.channels), tuple(sample.units))


class WaveformView(_SampleContentView):
    """A recording's outline for drawing, whole or a part of it."""

    serializer_class = shapes.WaveformSerializer

    @extend_schema(parameters=[shapes.WaveformQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = _checked(shapes.WaveformQuerySerializer, request.query_params)
        sample: Sample = self.get_object()
        signal = self.open_signal(sample)
        start_ms = min(wanted["start_ms"], signal.duration_ms)
        end_ms = min(wanted.get("end_ms", signal.duration_ms), signal.duration_ms)
        if end_ms < start_ms:
            raise ValidationError({"end_ms": ["must not be before start_ms"]})
        rows_a_ms = signal.sample_rate_hz / 1000
        start, stop = int(start_ms * rows_a_ms), min(len(signal.values), round(end_ms * rows_a_ms))
        outline = envelope(signal.values, signal.sample_rate_hz, start, stop, wanted["points"])
        return Response(
            {
                "start_ms": start_ms,
                "end_ms": end_ms,
                "channels": signal.channels,
                "units": signal.units,
                "t_ms": outline.t_ms,
                "min": outline.minimum,
                "max": outline.maximum,
            }
        )


class AudioView(_SampleContentView):
    """The recording to listen to: 16-bit PCM, mono; for sample rates of 4 kHz and more."""

    @extend_schema(operation_id="projects_samples_audio", responses={(200, "audio/wav"): OpenApiTypes.BINARY})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sample: Sample = self.get_object()
        if sample.sample_rate_hz < LOWEST_SAMPLE_RATE_HZ:
            message = (
                f"is {sample.sample_rate_hz:g} Hz; only {LOWEST_SAMPLE_RATE_HZ} Hz and more can be heard"
            )
            raise ValidationError({"sample_rate_hz": [message]})
        wav = WavFile(self.open_signal(sample), sample.signal_sha256)
        return serve(request, wav, content_type="audio/wav")


class OriginalView(_SampleContentView):
    """The file as it was uploaded."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sample: Sample = self.get_object()
        try:
            content = StoredFile(sample.original_key)
        except FileNotFoundError:
            raise Http404 from None
        return serve(request, content, file_name=sample.original_name)


class SummaryView(ProjectScoped, generics.GenericAPIView[Sample]):
    """The project's data in figures."""

    queryset = Sample.objects.all()
    serializer_class = shapes.SummarySerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(shapes.SummarySerializer(queries.summary(self.project)).data)


class BulkView(ProjectScoped, generics.GenericAPIView[Sample]):
    """One change to many samples: relabel, move to a split, or delete."""

    queryset = Sample.objects.all()
    serializer_class = shapes.BulkSerializer

    @extend_schema(responses=shapes.BulkResultSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = _checked(shapes.BulkSerializer, request.data)
        samples = self.get_queryset().order_by()
        if "ids" in wanted:
            samples = samples.filter(pk__in=wanted["ids"])
        else:
            samples = queries.filtered(samples, wanted["filter"])
        if wanted["action"] == "delete":
            changed = queries.delete_samples(self.project, samples)
        elif wanted["action"] == "relabel":
            changed = samples.update(label=wanted["label"])
        else:
            changed = samples.update(split=wanted["split"])
        return Response({"changed": changed})


class ResplitView(ProjectScoped, generics.GenericAPIView[Sample]):
    """Divide all samples into training and test anew."""

    queryset = Sample.objects.all()
    serializer_class = shapes.ResplitSerializer

    @extend_schema(responses=shapes.ResplitResultSerializer)
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = _checked(shapes.ResplitSerializer, request.data)
        return Response(queries.resplit(self.project, wanted["test_percent"], wanted["by"] == "group"))


class DatasetVersionListView(ProjectScoped, generics.ListAPIView[DatasetVersion]):
    """The project's dataset versions, newest first."""

    queryset = DatasetVersion.objects.all()
    serializer_class = shapes.DatasetVersionSerializer

    @extend_schema(
        responses={
            201: shapes.DatasetVersionSerializer,
            200: OpenApiResponse(shapes.DatasetVersionSerializer, "Nothing has changed since this version."),
        }
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep the samples as they are now."""
        fields = _checked(shapes.DatasetVersionSerializer, request.data)
        if not Sample.objects.filter(project=self.project).exists():
            raise ValidationError({"": ["the project has no samples yet; upload some first"]})
        version, is_new = DatasetVersion.objects.of_now(self.project, note=fields["note"], user=request.user)
        return Response(
            shapes.DatasetVersionSerializer(version).data,
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )


class DatasetVersionView(ProjectScoped, generics.RetrieveAPIView[DatasetVersion]):
    """One dataset version with its samples as they were."""

    queryset = DatasetVersion.objects.prefetch_related("samples")
    serializer_class = shapes.DatasetVersionDetailSerializer
    lookup_url_kwarg = "version_id"
