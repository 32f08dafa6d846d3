"""How often someone may try to sign in: counted in the cache, so that every process counts together."""

from __future__ import annotations

import contextlib
import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from studio.web.exceptions import Unavailable


def client_address(request: HttpRequest | Request) -> str:
    """The caller's IP address; behind ``TRUSTED_PROXIES`` proxies it is the one that the outermost of them saw."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    count = settings.TRUSTED_PROXIES
    if count and len(forwarded) >= count:
        return forwarded[-count]
    return str(request.META.get("REMOTE_ADDR", ""))


class Attempts:
    """Attempts by one subject (an address, an email) within a window of ``SIGN_IN_WINDOW_SECONDS``."""

    def __init__(self, action: str, subject: str, limit: int) -> None:
        digest = hashlib.sha256(subject.encode()).hexdigest()
        self._key = f"attempts:{action}:{digest}"
        self._limit = limit

    def count(self) -> None:
        """Count one attempt.

        Raises:
            Throttled: that is one too many; it says when to come back.
            Unavailable: the cache does not answer, and an uncounted attempt is not let through.
        """
        window_seconds = settings.SIGN_IN_WINDOW_SECONDS
        try:
            cache.add(self._key, 0, window_seconds)
            try:
                made = cache.incr(self._key)
            except ValueError:  # the window ended between the two lines
                cache.set(self._key, 1, window_seconds)
                made = 1
        except RedisError as error:
            raise Unavailable from error
        if made > self._limit:
            raise Throttled(wait=window_seconds, detail="too many attempts; wait")

    def forget(self) -> None:
        """Start again from none, after an attempt that was right."""
        # Whoever knows the password is not kept out for want of a counter.
        with contextlib.suppress(RedisError):
            cache.delete(self._key)


def count_attempt(request: Request, action: str, email: str) -> Attempts:
    """Count an attempt by this address and for this email; the latter is returned, to be forgotten on success."""
    Attempts(f"{action}:address", client_address(request), settings.SIGN_IN_LIMIT_PER_ADDRESS).count()
    by_email = Attempts(f"{action}:email", email.lower(), settings.SIGN_IN_LIMIT_PER_EMAIL)
    by_email.count()
    return by_email
