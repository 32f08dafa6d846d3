"""What goes in and out of the accounts endpoints."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordError
from django.utils import timezone
from rest_framework import serializers

from studio.accounts.models import ApiKey, Scope, User
from studio.web.fields import LineField

_LONGEST_PASSWORD = 256


class UserSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "email", "name"]
        read_only_fields = fields


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=_LONGEST_PASSWORD, trim_whitespace=False, write_only=True)


class SignUpSerializer(SignInSerializer):
    name = LineField(max_length=120, required=False, allow_blank=True, default="")

    def validate_email(self, email: str) -> str:
        if User.objects.filter(email=email.lower()).exists():
            raise serializers.ValidationError("there is an account with this address; sign in instead")
        return email.lower()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        except PasswordError as error:
            raise serializers.ValidationError({"password": error.messages}) from None
        return attrs


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    name = LineField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )

    class Meta:
        model = ApiKey
        fields = ["id", "name", "scopes", "prefix", "created_at", "last_used_at", "expires_at"]
        read_only_fields = ["id", "prefix", "created_at", "last_used_at"]

    def validate_scopes(self, scopes: list[str]) -> list[str]:
        return sorted(set(scopes))

    def validate_expires_at(self, expires_at: Any) -> Any:
        if expires_at is not None and expires_at <= timezone.now():
            raise serializers.ValidationError("must lie in the future")
        return expires_at


class NewApiKeySerializer(ApiKeySerializer):
    """The answer to making a key: the only time that the key itself is shown."""

    key = serializers.SerializerMethodField(help_text="The key itself. It is shown now and never again.")

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "key"]

    def get_key(self, _: ApiKey) -> str:
        return str(self.context["key"])
