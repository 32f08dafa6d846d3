"""Live events: one Redis stream a job, replayed and followed by the SSE endpoint.

The database is the truth; events are for watching. So a Redis that is away loses
nothing but liveliness: publishing then does nothing, and readers fall back to the database.

Beside the stream lies a fence, ``ATTEMPT:running`` while an attempt runs. A worker's event
enters the stream only while the fence is still its own, decided inside Redis in
one script, so that nothing follows the final state of a cancelled job.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import Any

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

KEEP_EVENTS = 10_000
KEEP_SECONDS = 7 * 24 * 3600

_PUBLISH = """
local fence = redis.call('GET', KEYS[2])
if ARGV[2] == '0' and fence and fence ~= ARGV[1] then return false end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[4])
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'type', ARGV[5], 'data', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return id
"""


@cache
def client() -> redis.Redis:
    """The shared, thread-safe connection pool."""
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_connect_timeout=2, socket_timeout=10
    )


def stream_key(job_id: str) -> str:
    return f"thimble:job:{job_id}"


def _fence_key(job_id: str) -> str:
    return f"thimble:job:{job_id}:fence"


def publish_state(job_id: str, fence: str, event: dict[str, Any]) -> None:
    """Publish a change of state and make ``fence`` the only one that may publish from now on."""
    _publish(job_id, fence, event, force=True)


def publish(job_id: str, attempt: int, event: dict[str, Any]) -> bool:
    """Publish a running attempt's event; False when that attempt is over and must stop."""
    return _publish(job_id, f"{attempt}:running", event, force=False)


def _publish(job_id: str, fence: str, event: dict[str, Any], *, force: bool) -> bool:
    keys = [stream_key(job_id), _fence_key(job_id)]
    data = json.dumps(event, separators=(",", ":"))
    arguments = [fence, "1" if force else "0", str(KEEP_EVENTS), str(KEEP_SECONDS), event["type"], data]
    try:
        return client().eval(_PUBLISH, len(keys), *keys, *arguments) is not None
    except redis.RedisError as error:
        logger.warning("job %s: event %s not published: %s", job_id, event["type"], error)
        return True


def forget(job_id: str) -> None:
    """Drop a job's events: a retry starts a new story."""
    try:
        client().delete(stream_key(job_id))
    except redis.RedisError as error:
        logger.warning("job %s: events not dropped: %s", job_id, error)


def read(job_id: str, after: str, block_ms: int | None, count: int = 500) -> list[tuple[str, str, str]]:
    """Events after that stream id as ``(id, type, JSON text)``; waits up to ``block_ms`` for the first.

    Raises:
        redis.RedisError: Redis is away.
    """
    found = client().xread({stream_key(job_id): after}, count=count, block=block_ms)
    return [
        (event_id, fields["type"], fields["data"]) for _, entries in found for event_id, fields in entries
    ]
