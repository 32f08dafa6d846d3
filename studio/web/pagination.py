"""Pages of a list: ``?limit=&offset=`` -> ``{count, next, previous, results}``."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

_LARGEST_OFFSET = 2**31 - 1


class LimitOffset(LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000

    def get_offset(self, request: Request) -> int:
        # A database cannot count further than 64 bits; past the end is an empty page either way.
        return min(super().get_offset(request), _LARGEST_OFFSET)
