"""What goes in and out of the endpoint of the HMAC key."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

SHORTEST_KEY = 16
LONGEST_KEY = 200


class SetHmacKeySerializer(serializers.Serializer[Any]):
    """The key to be; without one, a key is made."""

    key = serializers.RegexField(
        r"\A[!-~]*\Z",
        min_length=SHORTEST_KEY,
        max_length=LONGEST_KEY,
        required=False,
        write_only=True,
        trim_whitespace=False,
        help_text="What the devices sign with, often hexadecimal digits. Its characters are the key's bytes.",
        error_messages={"invalid": "use letters, digits and signs of ASCII only, without spaces"},
    )


class HmacKeySerializer(serializers.Serializer[Any]):
    """Whether uploads of data acquisition JSON must be signed. The key itself is never told."""

    is_set = serializers.BooleanField()
    set_at = serializers.DateTimeField(allow_null=True)


class NewHmacKeySerializer(HmacKeySerializer):
    """The answer to setting a key."""

    key = serializers.CharField(
        allow_null=True,
        help_text="The key that was made. It is shown now and never again; null where you gave one.",
    )
