"""Signing up, in and out; a project's API keys."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.db import IntegrityError, transaction
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studio.accounts.models import ApiKey, User
from studio.accounts.rate_limit import count_attempt
from studio.accounts.serializers import (
    ApiKeySerializer,
    NewApiKeySerializer,
    SignInSerializer,
    SignUpSerializer,
    UserSerializer,
)
from studio.projects.access import OWN, ProjectScoped


class IsPerson(BasePermission):
    """Someone who has signed in, not a machine with a key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiKey):
            raise PermissionDenied("API keys may not do this; sign in as a person")
        return bool(request.user and request.user.is_authenticated)


class CsrfView(APIView):
    """Sets the cookie ``csrftoken``; send its value back as the header X-CSRFToken with every change."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="auth_csrf",
        responses=inline_serializer("CsrfToken", {"csrf_token": serializers.CharField()}),
    )
    @method_decorator(never_cache)
    def get(self, request: Request) -> Response:
        return Response({"csrf_token": get_token(request._request)})


@method_decorator(csrf_protect, name="dispatch")
class SignUpView(APIView):
    """Makes an account and signs it in."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_sign_up", request=SignUpSerializer, responses={201: UserSerializer})
    def post(self, request: Request) -> Response:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        count_attempt(request, "sign-up", str(email))
        serializer = SignUpSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            with transaction.atomic():
                user = User.objects.create_user(**serializer.validated_data)
        except IntegrityError:  # the same address, at the same moment
            raise ValidationError(
                {"email": ["there is an account with this address; sign in instead"]}
            ) from None
        login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
        return Response(UserSerializer(user).data, status=status.HTTP_201_CREATED)


@method_decorator(csrf_protect, name="dispatch")
class SignInView(APIView):
    """Signs in with email and password. A wrong address takes as long, and answers as, a wrong password."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_sign_in", request=SignInSerializer, responses={200: UserSerializer})
    def post(self, request: Request) -> Response:
        serializer = SignInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        email = serializer.validated_data["email"].lower()
        attempts = count_attempt(request, "sign-in", email)
        user = authenticate(request._request, username=email, password=serializer.validated_data["password"])
        if user is None:
            raise ValidationError({"password": ["the address or the password is wrong"]})
        attempts.forget()
        login(request._request, user)
        return Response(UserSerializer(user).data)


@method_decorator(csrf_protect, name="dispatch")
class SignOutView(APIView):
    """Ends the session."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_sign_out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """Who is signed in."""

    permission_classes = [IsPerson]

    @extend_schema(operation_id="auth_me", responses=UserSerializer)
    def get(self, request: Request) -> Response:
        return Response(UserSerializer(request.user).data)


class ApiKeyListView(ProjectScoped, generics.ListCreateAPIView[ApiKey]):
    """The project's API keys. The key itself is in the answer to POST, and nowhere else ever again."""

    queryset = ApiKey.objects.all()
    serializer_class = ApiKeySerializer
    reading = OWN
    writing = OWN

    @extend_schema(responses={201: NewApiKeySerializer})
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = ApiKeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key, kept = ApiKey.new_key()
        made = serializer.save(project=self.project, created_by=request.user, **kept)
        return Response(NewApiKeySerializer(made, context={"key": key}).data, status=status.HTTP_201_CREATED)


class ApiKeyView(ProjectScoped, generics.DestroyAPIView[ApiKey]):
    """One API key; deleting it ends its use at once."""

    queryset = ApiKey.objects.all()
    serializer_class = ApiKeySerializer
    lookup_url_kwarg = "api_key_id"
    reading = OWN
    writing = OWN
