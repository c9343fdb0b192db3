"""Carries out faults of the hub's services, by its sandbox: one function for each.

The services are up again afterwards. What a function should see is in `nodes.faults.catalogue`.
"""

import time
from collections.abc import Callable

from nodes.errors import NodesError
from nodes.faults.scene import Scene
from nodes.sandbox import put_faults
from nodes.timestamping import stamp_by

_PATIENCE_SECONDS = 120.0  # the hub looks every five seconds; a busy machine takes longer
_LOOK_SECONDS = 0.5


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


INJECTIONS: dict[str, Callable[[Scene], tuple[str, ...]]] = {
    "revocation-down": _revocation_down,
    "timestamp-down": _timestamp_down,
}
"""How each fault is carried out."""
