"""Keeps the parts of a run in step: each waits until all have come to the same point of the plan.

The first part leads: when all are there, it moves the clock or injects faults, and all go on. Machines meet
here, on the hub's sandbox, by notes that all read; processes of one machine in `nodes.process_meeting`.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from nodes.client import Client
from nodes.errors import NodesError, PartEnded, ProblemError, TransportError
from nodes.parts import WHOLE, Part

Note = dict[str, Any]

SILENT_SECONDS: Final = 60.0
"""Whoever was not heard of for so long is taken for dead."""
GATHER_SECONDS: Final = 600.0
"""So long parts wait for one another at the beginning: they are started by hand."""
BEAT_SECONDS: Final = 5.0
"""How often a part says that it is alive."""
_FRESH_SECONDS: Final = 3 * BEAT_SECONDS
_WAIT_SECONDS: Final = 2
_PAUSE_SECONDS: Final = 0.2  # between two tries to reach a hub that starts again
_NOT_FOUND, _UNAUTHORISED = 404, 401


class Meeting(Protocol):
    """Where parts wait for each other."""

    part: Part

    def gather(self) -> None:
        """Wait until every part is there; raises `PartEnded` naming who did not come."""
        ...

    def step(self, act: Callable[[], None] | None = None) -> None:
        """Wait for all; the leader does `act` before anyone goes on. Raises `PartEnded`."""
        ...

    def notes(self) -> list[Note]:
        """Return what `tell` of each part gave when it last came to a step, in order of parts."""
        ...

    def leave(self, why: str) -> None:
        """Tell the others that this part goes no further; `why` is empty when all is done."""
        ...


@dataclass(slots=True)
class Alone:
    """A run of one part, which waits for nobody."""

    tell: Callable[[], Note]
    part: Part = WHOLE

    def gather(self) -> None:
        """Be there."""

    def step(self, act: Callable[[], None] | None = None) -> None:
        """Do `act` at once."""
        if act is not None:
            act()

    def notes(self) -> list[Note]:
        """Return one's own."""
        return [self.tell()]

    def leave(self, why: str) -> None:
        """Tell nobody."""


@dataclass(slots=True)
class SharedMeeting:
    """The meeting of one part with others, on a sandbox."""

    sandbox: Client
    run: str
    """What all parts call the run; of another plan, it is another name."""
    part: Part
    tell: Callable[[], Note]
    """Gives what the others shall know: counts of traffic, results of faults."""
    token: Callable[[], str] | None = None
    """Reads the sandbox's token anew, after a hub was started again."""
    silent_seconds: float = SILENT_SECONDS
    gather_seconds: float = GATHER_SECONDS
    _session: str = field(default_factory=lambda: secrets.token_hex(8))
    _step: int = 0
    _opened: int = -1
    _members: dict[str, str] = field(default_factory=dict)
    _ended: str | None = None
    _told: Note = field(default_factory=dict)
    _found: dict[int, Note] = field(default_factory=dict)
    _state: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def gather(self) -> None:
        """Wait until every part is there; raises `PartEnded` naming who did not come."""
        self._post()
        threading.Thread(target=self._beat, daemon=True).start()
        begun = time.monotonic()
        while not self._is_gathered():
            if time.monotonic() - begun > self.gather_seconds:
                raise PartEnded(self._absent())
            self._look()
        self._post()

    def step(self, act: Callable[[], None] | None = None) -> None:
        """Wait for all; the leader does `act` before anyone goes on."""
        self._told, self._step = self.tell(), self._step + 1
        self._post()
        while not self._is_open():
            self._require_alive()
            self._look()
        if self.part.leads:
            if act is not None:
                act()
            self._told, self._opened = self.tell(), self._step
            self._post()

    def notes(self) -> list[Note]:
        """Return what the parts told when they last came to a step, one's own included."""
        told = {self.part.number: self._told}
        told |= {number: note["told"] for number, note in self._met().items()}
        return [told[number] for number in sorted(told)]

    def leave(self, why: str) -> None:
        """Tell the others once that this part goes no further."""
        if self._ended is not None:
            return
        self._ended = why
        self._over.set()
        try:
            self._post(tries=1)
        except (NodesError, OSError):
            return  # the others will miss it after a while

    # How they meet

    def _is_gathered(self) -> bool:
        """Tell whether all parts are there; the leader says who is, since notes of earlier runs may lie."""
        others = range(2, self.part.of + 1)
        if self.part.leads:
            ready = {n: note["session"] for n, note in self._found.items() if _is_ready(note)}
            self._members = {str(n): ready[n] for n in others if n in ready}
            return len(self._members) == len(others)
        leader = self._found.get(1)
        return leader is not None and leader["members"].get(str(self.part.number)) == self._session

    def _is_open(self) -> bool:
        met = self._met()
        if self.part.leads:
            return len(met) == self.part.of - 1 and all(each["step"] >= self._step for each in met.values())
        leader = met.get(1)
        return leader is not None and leader["opened"] >= self._step

    def _met(self) -> Mapping[int, Note]:
        """Return the notes of the others that belong to this run."""
        members = self._members if self.part.leads else self._found.get(1, {}).get("members", {})
        sessions = {int(number): session for number, session in members.items()}
        return {
            number: note
            for number, note in self._found.items()
            if number != self.part.number and (number == 1 or sessions.get(number) == note["session"])
        }

    def _require_alive(self) -> None:
        for number, note in self._met().items():
            who = f"part {number}/{self.part.of}"
            if note["ended"]:
                raise PartEnded(f"{who} ended: {note['ended']}")
            if note["ended"] is not None and note["step"] < self._step:
                raise PartEnded(f"{who} ended before the others")
            if note["seconds_ago"] > self.silent_seconds:
                raise PartEnded(f"{who} was not heard of for {note['seconds_ago']:.0f} s")

    def _absent(self) -> str:
        need = "all need the same scenario, scale, seed and number of parts"
        if not self.part.leads:
            return f"part 1/{self.part.of}, which leads, did not come: {need}"
        there = {int(number) for number in self._members} | {1}
        missing = ", ".join(f"{n}/{self.part.of}" for n in range(1, self.part.of + 1) if n not in there)
        return f"part {missing} did not come: {need}"

    def _post(self, tries: int | None = None) -> None:
        """Write our own note; several threads may, one after the other."""
        with self._lock:
            note = {
                "session": self._session,
                "step": self._step,
                "opened": self._opened,
                "members": self._members,
                "ended": self._ended,
                "told": self._told,
            }
            text = json.dumps(note, separators=(",", ":"))
            self._exchange({"note": text}, tries)

    def _look(self) -> None:
        """Read the others' notes; wait a little where nothing is new."""
        self._exchange({"wait": _WAIT_SECONDS, "seen": self._state}, None)

    def _exchange(self, body: Mapping[str, Any], tries: int | None) -> None:
        """Call the sandbox until it answers, as long as a part may be silent, or so many times."""
        path = f"/sandbox/runs/{self.run}/parts/{self.part.number}"
        until = time.monotonic() + self.silent_seconds
        while True:
            try:
                answer = self.sandbox.call("PUT", path, body)
                break
            except (TransportError, ProblemError) as error:
                tries = None if tries is None else tries - 1
                if tries == 0 or time.monotonic() > until:
                    raise
                self._mend(error)
                time.sleep(_PAUSE_SECONDS)
        if "note" in body:
            return  # only who waits reads, so that nothing changes under a reader
        self._state = answer["state"]
        for each in answer["parts"]:
            if each["note"]:
                ago = {"seconds_ago": each["seconds_ago"]}
                self._found[each["part"]] = json.loads(each["note"]) | ago

    def _mend(self, error: NodesError) -> None:
        """Do what helps before another try; raises the error where nothing does."""
        if isinstance(error, TransportError):
            return
        if isinstance(error, ProblemError) and error.status == _NOT_FOUND:
            raise NodesError("the hub's sandbox knows no parts of runs: it is of an older version") from error
        if isinstance(error, ProblemError) and error.status == _UNAUTHORISED and self.token is not None:
            self.sandbox.use_token(self.token())
            return
        raise error

    def _beat(self) -> None:
        """Let the others hear of this part, however long it works."""
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._post(tries=1)
            except (NodesError, OSError):
                continue  # the hub may be starting again


def _is_ready(note: Note) -> bool:
    """Tell whether a part waits at the beginning; notes of earlier runs may lie there."""
    is_fresh: bool = note["seconds_ago"] < _FRESH_SECONDS
    return is_fresh and note["step"] == 0 and note["ended"] is None
