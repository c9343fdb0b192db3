"""The hub with its commit left out: what the single-document path is measured against.

Everything else is the same process, the same route and the same answer: authentication, reading, rules,
digests, verification, policy. Only the recorder is another: it writes nothing and seals nothing.
"""

import asyncio
import dataclasses
import os
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn

from axis.app import build, create_app
from axis.intake.recording import Accepted
from axis.ledger.journal import Sealed
from axis.ledger.recorder import Recorded
from axis.settings import from_environment
from signing.notes import write_receipt


class NoRecorder:
    """Answers at once, with a receipt of the usual size made once."""

    def __init__(self, sealed: Sealed) -> None:
        self._sealed = sealed

    async def record_async(self, _kind: Any, _item: Any) -> Recorded[Accepted]:
        """Record nothing."""
        return Recorded(Accepted(0, repeated=False), self._sealed)


@dataclasses.dataclass(frozen=True, slots=True)
class _MadeOnce(Sealed):
    text: str = ""

    def receipt(self, _position: int) -> str:
        """Give the ready-made receipt."""
        return self.text


def _sealed() -> Sealed:
    leaf = b"{" + b" " * 900 + b"}"
    proof: Sequence[bytes] = [bytes(32)] * 12
    note = "axis/v1/ledger\n4096\n" + "A" * 44 + "\n\n— axis/v1/ledger " + "A" * 92 + "\n"
    return _MadeOnce(0, (leaf,), (proof,), note, write_receipt(leaf, 0, proof, note))


def main(port: int) -> None:
    """Serve on a port of loopback until told to stop."""
    hub = build(from_environment(os.environ))
    app = create_app(hub)
    intake = dataclasses.replace(hub.intake, recorder=NoRecorder(_sealed()))
    app.state.hub = dataclasses.replace(hub, intake=intake)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())
    hub.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
