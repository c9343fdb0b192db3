"""Keeps the parts of a run in step that are processes of one machine, over a pipe between each and the first.

Parts on several machines do the same steps over the hub's sandbox: `nodes.meeting`.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final, Literal

from nodes.errors import PartEnded
from nodes.meeting import BEAT_SECONDS, GATHER_SECONDS, SILENT_SECONDS, Note
from nodes.parts import Part

_LOOK_SECONDS: Final = 1.0
_NAMING_SECONDS: Final = 2.0
"""How long a closed pipe waits to hear with which code its process ended."""


class PipeClosed(PartEnded):
    """The process at the other end ended without a word."""


Kind = Literal["alive", "here", "went on", "left"]


@dataclass(slots=True)
class PipeEnd:
    """Our end of a pipe to another part."""

    part: Part
    """The other part."""
    connection: "Connection[Any, Any]"
    _heard: float = field(default_factory=time.monotonic)
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def send(self, kind: Kind, value: object = None) -> None:
        """Send a message; that nobody is there to read it is seen when the answer does not come."""
        with self._sending:
            try:
                self.connection.send((kind, value))
            except OSError:
                return

    def receive(self, silent_seconds: float) -> Any:
        """Wait for the next message and return its value; raises `PartEnded` where none comes."""
        while True:
            if not self.connection.poll(_LOOK_SECONDS):
                silent = time.monotonic() - self._heard
                if silent > silent_seconds:
                    raise PartEnded(f"part {self.part} was not heard of for {silent:.0f} s")
                continue
            try:
                kind, value = self.connection.recv()
            except (EOFError, OSError) as error:
                raise PipeClosed(f"part {self.part} ended") from error
            self._heard = time.monotonic()
            if kind == "left":
                raise PartEnded(f"part {self.part} ended" + (f": {value}" if value else " before the others"))
            if kind != "alive":
                return value


@dataclass(slots=True)
class ProcessMeeting:
    """The meeting of one part with the others (`nodes.meeting.Meeting`)."""

    part: Part
    tell: Callable[[], Note]
    """Gives what the others shall know: counts of traffic, results of faults."""
    ends: Sequence[PipeEnd]
    """Of the first part the pipes to all others in their order, of another the one to the first."""
    watch: Callable[[], str | None] = lambda: None
    """Says which part is known to have ended, and how, as whoever started its process knows."""
    silent_seconds: float = SILENT_SECONDS
    _notes: list[Note] = field(default_factory=list)
    _is_gone: bool = False
    _over: threading.Event = field(default_factory=threading.Event)

    def gather(self) -> None:
        """Wait until every part is there; raises `PartEnded` naming who did not come."""
        threading.Thread(target=self._beat, daemon=True).start()
        self._meet(dict, None, GATHER_SECONDS)

    def step(self, act: Callable[[], None] | None = None) -> None:
        """Wait for all; the leader does `act` before anyone goes on. Raises `PartEnded`."""
        self._meet(self.tell, act, self.silent_seconds)

    def notes(self) -> list[Note]:
        """Return what the parts told when they last came to a step, one's own included."""
        return self._notes

    def leave(self, why: str) -> None:
        """Tell the others once that this part goes no further."""
        if self._is_gone:
            return
        self._is_gone = True
        self._over.set()
        self._send("left", why)

    def _meet(self, tell: Callable[[], Note], act: Callable[[], None] | None, silent_seconds: float) -> None:
        own = tell()
        if not self.part.leads:
            self._send("here", own)
        try:
            heard = [end.receive(silent_seconds) for end in self.ends]
        except PipeClosed as error:
            raise PartEnded(self._known() or str(error)) from error
        if not self.part.leads:
            (self._notes,) = heard
            return
        self._notes = [own, *heard]
        if act is not None:
            act()
        self._notes = [tell(), *heard]
        self._send("went on", self._notes)

    def _known(self) -> str | None:
        """Ask how a process ended; its pipe closes shortly before that is known."""
        until = time.monotonic() + _NAMING_SECONDS
        while (known := self.watch()) is None and self.part.leads and time.monotonic() < until:
            time.sleep(0.05)
        return known

    def _send(self, kind: Kind, value: object = None) -> None:
        for end in self.ends:
            end.send(kind, value)

    def _beat(self) -> None:
        """Let the others hear of this part, however long it works."""
        while not self._over.wait(BEAT_SECONDS):
            self._send("alive")
