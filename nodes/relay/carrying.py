"""One turn of a relay: documents are handed over both ways, then statuses are brought both ways.

Events are read first; then each inbox is read to its end, so that the documents on which they rest are handed
over; then their statuses are brought. Cursors move after what they pass was carried, so that a killed relay
does its last step again, and both hubs know it again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from nodes.answers import Arrived, Event, Page
from nodes.client import Client, problem_of
from nodes.relay.handing_over import HandedOver, hand_over, reason
from nodes.relay.store import PLACES, Place, RelayStore

ASKED_BACK: Final = "13"
DECLINED: Final = "16"
REFUSED: Final = "02"
OTHER: Final[Mapping[Place, Place]] = {"province": "national", "national": "province"}
AT_ONCE: Final = 8
"""Documents that are handed over at the same time."""
_REPEATED, _ERROR, _FAILED = 200, 400, 500


@dataclass(frozen=True, slots=True)
class Hub:
    """One of the two hubs, as the relay sees it."""

    place: Place
    client: Client
    ledger: str
    """The name of its ledger, which tells its events from those of every other hub."""
    name: str
    """What senders of the other hub read of it in the note of a refusal."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status to bring to a hub."""

    delivery: str
    code: str
    note: str | None
    origin: str
    event: str
    request: str | None = None

    def body(self) -> dict[str, str]:
        """Return the JSON object that `POST /v1/statuses` takes for it."""
        value = {"delivery": self.delivery, "code": self.code, "note": self.note, "origin": self.origin}
        if self.code == ASKED_BACK:
            value["request"] = self.request
        return {name: member for name, member in value.items() if member is not None}


@dataclass(slots=True)
class Carried:
    """What a turn did."""

    documents: int = 0
    refused: int = 0
    statuses: int = 0
    set_aside: int = 0
    read: int = 0
    """Items and events that were read, whatever became of them."""


class Relay:
    """Two hubs and what is remembered of them."""

    def __init__(
        self,
        hubs: Mapping[Place, Hub],
        store: RelayStore,
        *,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """`say` is told what an operator should know: refusals."""
        self._hubs = hubs
        self._store = store
        self._say = say

    def turn(self) -> Carried:
        """Carry everything that waits at either hub.

        Raises:
            TransportError, ProblemError: when a hub cannot at the moment. What was done is kept; the next
                turn goes on.

        """
        carried = Carried()
        events = {place: self._events(place) for place in PLACES}
        for place in PLACES:
            self._hand_all_over(place, carried)
        for place in PLACES:
            self._bring(place, events[place], carried)
        return carried

    def _events(self, place: Place) -> Page[Event]:
        return self._hubs[place].client.events(self._store.cursor(place, "events"))

    # Documents

    def _hand_all_over(self, place: Place, carried: Carried) -> None:
        client = self._hubs[place].client
        while True:
            page = client.inbox(self._store.cursor(place, "inbox"))
            if not page.items:
                return
            carried.read += len(page.items)
            for portion in _portions(page.items):
                self._hand_portion_over(place, portion, carried)
            with self._store.step():
                self._store.move(place, "inbox", page.next)

    def _hand_portion_over(self, place: Place, portion: Sequence[str], carried: Carried) -> None:
        """Hand documents over at the same time, each once."""
        source, target = self._hubs[place], self._hubs[OTHER[place]]
        waiting = [document for document in portion if self._store.document(place, document) is None]
        if not waiting:
            return
        with ThreadPoolExecutor(min(AT_ONCE, len(waiting))) as pool:
            tasks = [
                pool.submit(hand_over, source.client, target.client, document, target.name)
                for document in waiting
            ]
        for task in tasks:
            self._keep(place, task.result(), carried)

    def _keep(self, place: Place, handed: HandedOver, carried: Carried) -> None:
        """Tell who sent it that the other hub refused it, and remember what became of it."""
        if handed.refused:
            told = [
                Status(delivery, REFUSED, handed.refusal, f"relay:{REFUSED}", handed.document)
                for delivery in handed.refused
            ]
            self._say(f"document {handed.document} was refused: {handed.refusal}")
            self._post(place, place, told, carried)
        with self._store.step():
            refusal = handed.refusal if handed.twin is None else None
            self._store.note_document(place, handed.document, handed.twin, refusal)
            self._store.note_deliveries(place, handed.deliveries)
        carried.documents += handed.twin is not None
        carried.refused += handed.twin is None

    # Statuses

    def _bring(self, place: Place, page: Page[Event], carried: Carried) -> None:
        """Bring the statuses of a hub's events to the other hub."""
        if not page.items:
            return
        carried.read += len(page.items)
        given = [event for event in page.items if event.kind == "status" and event.delivery is not None]
        outgoing = [status for event in given for status in self._outgoing(place, event)]
        declined = [status for event in given for status in self._declined(place, event)]
        carried.statuses += self._post(place, OTHER[place], outgoing, carried)
        self._post(place, place, declined, carried)
        with self._store.step():
            self._store.move(place, "events", page.next)

    def _outgoing(self, place: Place, event: Event) -> Iterator[Status]:
        """Yield the status to bring to the other hub for an event here; none for one that came from there."""
        assert event.delivery is not None
        request = event.body.get("request")
        origin = f"{self._hubs[place].ledger}#{event.id}"
        if event.code == ASKED_BACK:
            there = self._store.twin(place, event.delivery)
            if there is not None and not self._is_handed_over(place, event.body.get("request_document")):
                yield Status(there, ASKED_BACK, event.note, origin, event.id, request)
            return
        there = self._store.origin(place, event.delivery)
        if there is not None and event.code is not None:
            yield Status(there, event.code, event.note, origin, event.id)

    def _is_handed_over(self, place: Place, document: str | None) -> bool:
        """Tell whether a document that asks for something was brought, and so asks there itself."""
        return document is not None and self._store.document(place, document) is not None

    def _declined(self, place: Place, event: Event) -> Iterator[Status]:
        """Yield the answer to a request whose document the other hub refused: nobody there heard of it."""
        document = event.body.get("request_document")
        if event.code != ASKED_BACK or document is None or event.delivery is None:
            return
        known = self._store.document(place, document)
        if known is not None and known.twin is None and self._store.twin(place, event.delivery) is not None:
            yield Status(event.delivery, DECLINED, known.refusal, f"relay:{document}", event.id)

    def _post(self, at: Place, to: Place, statuses: Sequence[Status], carried: Carried) -> int:
        """Post statuses of events at one hub to a hub, set aside what it refuses, and count what it took."""
        if not statuses:
            return 0
        hub = self._hubs[to]
        items: list[dict[str, Any]] = []
        for start in range(0, len(statuses), 1_000):
            portion = [status.body() for status in statuses[start : start + 1_000]]
            items += hub.client.call("POST", "/v1/statuses", portion)["items"]
        taken = 0
        for status, item in zip(statuses, items, strict=True):
            if item["status"] >= _FAILED:
                raise problem_of(item)
            if item["status"] < _ERROR:
                taken += item["status"] != _REPEATED
                continue
            refusal = reason(hub.name, problem_of(item))
            with self._store.step():
                self._store.set_aside(at, status.event, status.delivery, status.code, refusal)
            carried.set_aside += 1
            self._say(f"status {status.code} of delivery {status.delivery} was set aside: {refusal}")
        return taken


def _portions(items: Sequence[Arrived]) -> Iterator[list[str]]:
    """Split a page into documents that may go at the same time.

    A recall, an update or a replacement goes alone, after the documents to which it refers.
    """
    portion: list[str] = []
    seen: set[str] = set()
    for item in items:
        if item.document in seen:
            continue
        seen.add(item.document)
        if item.action == "new":
            portion.append(item.document)
            continue
        yield portion
        yield [item.document]
        portion = []
    yield portion
