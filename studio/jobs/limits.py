"""How long jobs may take and be silent, and how many run at once, from the environment.

====================================  ==============================================================
``THIMBLE_JOB_HEARTBEAT_TIMEOUT_S``   a job whose worker was silent for so long goes to another (15)
``THIMBLE_JOB_TIME_LIMIT_S``          longest time for one attempt at a run or at building a language model (21600)
``THIMBLE_WORKER_CONCURRENCY``        jobs at once in one worker (1)
====================================  ==============================================================
"""

from __future__ import annotations

from studio import environment

HEARTBEAT_TIMEOUT_S = environment.whole_number("THIMBLE_JOB_HEARTBEAT_TIMEOUT_S", 15)
RUN_TIME_LIMIT_S = environment.whole_number("THIMBLE_JOB_TIME_LIMIT_S", 6 * 3600)
DEPLOYMENT_TIME_LIMIT_S = min(RUN_TIME_LIMIT_S, 900)
LANGUAGE_MODEL_TIME_LIMIT_S = RUN_TIME_LIMIT_S
WORKER_CONCURRENCY = max(1, environment.whole_number("THIMBLE_WORKER_CONCURRENCY", 1))
