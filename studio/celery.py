"""The Celery application: ``celery -A studio worker`` (or ``manage.py worker``) runs the jobs.

A task only watches over a child process (``studio.jobs.supervisor``), so the
workers are threads. The database knows each job's state, so messages may be lost or come twice:
a message that comes twice is refused by the job's compare-and-set, and a lost one is sent again by the reaper.
"""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")

from django.conf import settings

from studio.jobs.limits import WORKER_CONCURRENCY

# What Celery fears of a worker that is root is a pickled message that runs code. Here messages are JSON only
# (``accept_content`` below); someone who tries the studio in a container or a virtual machine is often root.
# C_FORCE_ROOT would not do: it lets pickle through, and the warning comes all the same.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

app = Celery("thimble")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # Publishing must not keep a web request waiting: the reaper sends what could not be sent.
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "retry_policy": {"timeout": 5.0},
    },
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.2},
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="thimble",
    worker_prefetch_multiplier=1,
    worker_pool="threads",
    worker_concurrency=WORKER_CONCURRENCY,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
)
app.conf.imports = ["studio.jobs.tasks"]
