"""Carries out faults on the way: connections that break, systems and hubs that end, too much at once.

What a function should see is in `nodes.faults.catalogue`.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from nodes import hub_process as hubs
from nodes.client import Client
from nodes.errors import ProblemError, TransportError
from nodes.faults.fault_proxy import Harm, harmful
from nodes.faults.injection_context import Scene, told
from nodes.http_connections import Wire
from nodes.retries import ONCE

_FLOOD = 200
_AT_ONCE = 32
_TOLD_TO_WAIT = frozenset({429, 503})


def _through(harm: Harm) -> Callable[[Scene], tuple[str, ...]]:
    def inject(scene: Scene) -> tuple[str, ...]:
        with harmful(scene.hub, harm) as proxy:
            return scene.send(scene.good(), scene.client(hub=proxy)), scene.count()

    return inject


def _node_crash(scene: Scene) -> tuple[str, ...]:
    scene.sent(scene.good())  # the answer is lost with the system's memory
    return scene.send(scene.good()), scene.count()


def _hub_killed(scene: Scene) -> tuple[str, ...]:
    hub = scene.process
    assert hub is not None
    good = scene.good()
    sending = threading.Thread(target=lambda: _try_once(scene, good.manifest))
    sending.start()
    hubs.kill(hub)
    sending.join()
    hubs.start_again(hub)
    scene.sandbox.use_token(hub.sandbox_token())
    indication = told(lambda: scene.sent(good)).partition(" ")[2]
    return f"{indication} in the end", scene.count()


def _try_once(scene: Scene, manifest: bytes) -> None:
    """Send the letter once; whether it arrives is the question."""
    good = scene.good()
    with Client(scene.hub, scene.sender.token, retries=ONCE) as client:
        try:
            client.send(manifest, good.signatures, good.attachments)
        except TransportError:
            return


def _flood(scene: Scene) -> tuple[str, ...]:
    wire = Wire(scene.hub, connections=_AT_ONCE)
    client = Client(scene.hub, scene.sender.token, wire=wire, retries=ONCE)
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            bad = [found for found in pool.map(lambda _: _ask(client), range(_FLOOD)) if found]
    finally:
        wire.close()
    first = f"{len(bad)} of {_FLOOD} requests failed: {bad[0]}" if bad else _ANSWERED
    return first, scene.send(scene.good())


_ANSWERED = "every request answered, or told when to come again"


def _ask(client: Client) -> str | None:
    """Ask for the inbox once; returns what was wrong with the answer, None for nothing."""
    try:
        client.inbox(limit=1)
    except ProblemError as refused:
        is_fine = refused.status in _TOLD_TO_WAIT and refused.retry_after_seconds is not None
        return None if is_fine else str(refused)
    except TransportError as error:
        return str(error)
    return None


INJECTIONS: dict[str, Callable[[Scene], tuple[str, ...]]] = {
    "lost-answer": _through("lose-answer"),
    "cut-connection": _through("cut"),
    "slow-sender": _through("trickle"),
    "node-crash": _node_crash,
    "hub-killed": _hub_killed,
    "flood": _flood,
}
"""How each fault is carried out."""
