"""Language models as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from studio.language_models.models import LanguageModel, ModelFile
from studio.web.fields import LineField


class ModelFileSerializer(serializers.ModelSerializer[ModelFile]):
    """One file. ``received_bytes`` is where to go on; ``sha256`` is known when an upload is complete."""

    class Meta:
        model = ModelFile
        fields = ["name", "size_bytes", "received_bytes", "sha256"]
        read_only_fields = fields


class ModelFactsSerializer(serializers.Serializer[Any]):
    """What the files say of a model that is ready; null before."""

    architecture = serializers.CharField()
    parameters = serializers.IntegerField()
    weight_bytes = serializers.IntegerField()
    layers = serializers.IntegerField()
    vocabulary = serializers.IntegerField()
    context_tokens = serializers.IntegerField()


class LanguageModelSerializer(serializers.ModelSerializer[LanguageModel]):
    """A language model. With ``server_folder`` it is ready at once, without its files are to be sent."""

    name = LineField(max_length=120)
    server_folder = LineField(
        max_length=255,
        required=False,
        allow_blank=True,
        default="",
        help_text="A folder on the server that is offered; empty: the files are uploaded.",
    )
    size_bytes = serializers.SerializerMethodField()
    received_bytes = serializers.SerializerMethodField()
    facts = ModelFactsSerializer(read_only=True, allow_null=True)
    files = ModelFileSerializer(many=True, read_only=True)
    deployment_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = LanguageModel
        fields = [
            "id",
            "name",
            "state",
            "server_folder",
            "facts",
            "size_bytes",
            "received_bytes",
            "files",
            "deployment_count",
            "created_at",
        ]
        read_only_fields = ["id", "state", "created_at"]

    def get_size_bytes(self, model: LanguageModel) -> int:
        return sum(file.size_bytes for file in model.files.all())

    def get_received_bytes(self, model: LanguageModel) -> int:
        return sum(file.received_bytes for file in model.files.all())


class ServerFolderSerializer(serializers.Serializer[Any]):
    """A folder on the server with a language model in it."""

    name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    file_count = serializers.IntegerField()
