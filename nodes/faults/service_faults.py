"""Carries out faults of the hub's services, by its sandbox: one function for each.

The services are up again afterwards. What a function should see is in `nodes.faults.catalogue`.
"""

import time
from collections.abc import Callable

from nodes.client import Client
from nodes.document_writer import WrittenDocument
from nodes.errors import NodesError, ProblemError
from nodes.faults.injection_context import Scene
from nodes.retries import ONCE
from nodes.sandbox import put_faults
from nodes.timestamping import stamp_by

_PATIENCE_SECONDS = 120.0  # the hub looks every five seconds; a busy machine takes longer
_LOOK_SECONDS = 0.5
_SLOW_SECONDS = 0.5  # what the hub's sandbox says of a slow disk


def _revocation_down(scene: Scene) -> tuple[str, ...]:
    put_faults(scene.sandbox, revocation="down")
    try:
        first = scene.send(scene.good())
    finally:
        put_faults(scene.sandbox)
    return first, f"{_indication_in_the_end(scene)} once the service is back"


def _indication_in_the_end(scene: Scene) -> str:
    """Wait until the letter's verdict is no longer undecided, and return it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    client, number = scene.client(), scene.draft().number
    while True:
        (item,) = client.documents(sender=scene.code, number=number).items
        if item["indication"] != "INDETERMINATE" or time.monotonic() > deadline:
            return str(item["indication"])
        time.sleep(_LOOK_SECONDS)


def _timestamp_down(scene: Scene) -> tuple[str, ...]:
    put_faults(scene.sandbox, timestamps="down")
    try:
        stamp_by(f"{scene.hub}/v1/tsa")(b"a signature")
        first = "a time-stamp"
    except NodesError:
        first = "no time-stamp"
    finally:
        put_faults(scene.sandbox)
    return first, scene.send(scene.good())


def _slow_disk(scene: Scene) -> tuple[str, ...]:
    """Send while the disk is slow; the answer must not come before what was written is kept."""
    put_faults(scene.sandbox, disk="slow")
    begun = time.monotonic()
    try:
        first = scene.send(scene.good())
    finally:
        seconds = time.monotonic() - begun
        put_faults(scene.sandbox)
    when = "after" if seconds >= _SLOW_SECONDS else "before"
    return first, f"answered {when} the disk had it", scene.count()


def _full_store(scene: Scene) -> tuple[str, ...]:
    """Send while the store is full, look and read meanwhile, and send again once there is room."""
    once, good = scene.client(retries=ONCE), scene.good()
    put_faults(scene.sandbox, store="full")
    try:
        first = _refused(once, good)
        ready = _ready_in_the_end(once, wanted=False)
        once.inbox(limit=1)
    finally:
        put_faults(scene.sandbox)
    again = _ready_in_the_end(once, wanted=True)
    return first, f"{ready}, reads go on", f"{again} again", scene.send(good), scene.count()


def _refused(client: Client, written: WrittenDocument) -> str:
    """Send once, and say how that was refused."""
    try:
        client.send(written.manifest, written.signatures, written.attachments)
    except ProblemError as refused:
        wait = "" if refused.retry_after_seconds is None else " with Retry-After"
        return f"{refused.status} {refused.code}{wait}"
    return "taken"


def _ready_in_the_end(client: Client, *, wanted: bool) -> str:
    """Wait until the hub says that it is ready, or not, as wanted; return what it says."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        is_ready = client.is_ready()
        if is_ready == wanted or time.monotonic() > deadline:
            return "ready" if is_ready else "not ready"
        time.sleep(_LOOK_SECONDS)


INJECTIONS: dict[str, Callable[[Scene], tuple[str, ...]]] = {
    "revocation-down": _revocation_down,
    "timestamp-down": _timestamp_down,
    "slow-disk": _slow_disk,
    "full-store": _full_store,
}
"""How each fault is carried out."""
