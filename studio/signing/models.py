"""A project's HMAC key: with it, data acquisition JSON is only taken where its signature fits."""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

from studio.projects.models import Project

_SALT = "studio.signing.hmac-key"
_GENERATED_BYTES = 16
"""128 bits, written as 32 hexadecimal digits: the room that Edge Impulse's firmware has for a key."""


class UnreadableKeyError(Exception):
    """The key was encrypted under another secret key than the studio has now."""


class HmacKey(models.Model):
    """The key as text. Checking a signature needs the key itself, so it is kept encrypted, not hashed."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, primary_key=True, related_name="hmac_key"
    )
    encrypted_key = models.TextField()
    set_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"HMAC key of {self.project_id}"

    @staticmethod
    def generate() -> str:
        return secrets.token_hex(_GENERATED_BYTES)

    @classmethod
    def set_for(cls, project: Project, key: str) -> HmacKey:
        """Make ``key`` the project's one key; a former one ends."""
        encrypted = _cipher().encrypt(key.encode()).decode("ascii")
        kept, _ = cls.objects.update_or_create(project=project, defaults={"encrypted_key": encrypted})
        return kept

    @classmethod
    def bytes_for(cls, project: Project) -> bytes | None:
        """The bytes to sign with, which are the key's characters; None where the project has no key.

        Raises:
            UnreadableKeyError: see there.
        """
        kept = cls.objects.filter(project=project).first()
        if kept is None:
            return None
        try:
            return _cipher().decrypt(kept.encrypted_key)
        except InvalidToken:
            raise UnreadableKeyError from None


def _cipher() -> Fernet:
    """Encrypts under a key of its own, which is derived from the studio's secret key."""
    derived = salted_hmac(_SALT, "", settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(derived))
