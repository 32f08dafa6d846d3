"""A project's HMAC key over REST."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studio.projects.access import OWN, SEE_MEMBERS, ProjectScoped
from studio.signing.models import HmacKey
from studio.signing.serializers import HmacKeySerializer, NewHmacKeySerializer, SetHmacKeySerializer


class HmacKeyView(ProjectScoped, APIView):
    """The key that recordings in data acquisition JSON must be signed with. Other formats bear no signature."""

    reading = SEE_MEMBERS
    writing = OWN

    @extend_schema(operation_id="projects_hmac_key_retrieve", responses=HmacKeySerializer)
    def get(self, request: Request, project_id: object) -> Response:
        """Whether there is a key, and since when."""
        kept = HmacKey.objects.filter(project=self.project).first()
        shown = {"is_set": kept is not None, "set_at": kept and kept.set_at}
        return Response(HmacKeySerializer(shown).data)

    @extend_schema(
        operation_id="projects_hmac_key_set", request=SetHmacKeySerializer, responses=NewHmacKeySerializer
    )
    def put(self, request: Request, project_id: object) -> Response:
        """Set the key, or replace it: what is signed with the former one is refused from then on."""
        serializer = SetHmacKeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data.get("key")
        made = None if given else HmacKey.generate()
        kept = HmacKey.set_for(self.project, given or made)
        shown = {"is_set": True, "set_at": kept.set_at, "key": made}
        return Response(NewHmacKeySerializer(shown).data)

    @extend_schema(operation_id="projects_hmac_key_remove", responses={204: None})
    def delete(self, request: Request, project_id: object) -> Response:
        """Remove the key: unsigned recordings are taken from then on."""
        HmacKey.objects.filter(project=self.project).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
