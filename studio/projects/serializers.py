"""What goes in and out of the project endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from studio.accounts.models import User
from studio.projects.models import Membership, Project, Role
from studio.web.fields import LineField


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project as the caller sees it. Needs :meth:`ProjectQuerySet.with_counts` for its figures."""

    name = LineField(max_length=120)
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    role = serializers.SerializerMethodField(help_text="The caller's role; null for an API key.")
    sample_count = serializers.IntegerField(read_only=True, default=0)
    run_count = serializers.IntegerField(read_only=True, default=0)
    labels = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            "id", "name", "description", "role", "sample_count", "run_count", "labels", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["id", "created_at", "updated_at"]

    def get_role(self, project: Project) -> Role | None:
        return self.context["roles"].get(project.pk)

    def get_labels(self, project: Project) -> list[str]:
        return self.context["labels"].get(project.pk, [])


class MemberSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(source="user.email", max_length=254)
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "email", "name", "role"]
        read_only_fields = ["id"]

    def validate_email(self, email: str) -> str:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None:
            raise serializers.ValidationError("nobody here has this address; they sign up first")
        self.found_user = user
        return email

    def create(self, validated_data: dict[str, Any]) -> Membership:
        return Membership.objects.create(
            project=validated_data["project"], user=self.found_user, role=validated_data["role"]
        )


class MemberRoleSerializer(MemberSerializer):
    """Changing a member: the role is all that can be changed."""

    email = serializers.EmailField(source="user.email", read_only=True)
