"""Records verdicts whose material may have to be sent to the writer.

An item goes to the writer without the material's bytes, since mostly they are kept already. It goes again
with the pieces that the writer asks for; a piece that is no longer at hand is recorded as `not kept`.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from fastapi.concurrency import run_in_threadpool

from axis.documents.new_documents import NOTHING_SUPPLIED, MaterialFinder
from axis.ledger.recorder import Kind, Recorded, Recorder
from axis.trust.kept_material import MaterialWanted, naming_only_kept
from signing.verdict import DocumentVerdict

I = TypeVar("I")  # noqa: E741 - item and result
R = TypeVar("R")

Make = Callable[[DocumentVerdict, Mapping[str, bytes]], I]
"""Makes the item from the verdict to be recorded and the material supplied with it."""


class Supplies(Generic[I]):
    """An item to be recorded, and where its verdict's material comes from."""

    def __init__(self, make: Make[I], verdict: DocumentVerdict, find: MaterialFinder) -> None:
        self._make = make
        self._find = find
        self._supplied: Mapping[str, bytes] = NOTHING_SUPPLIED
        self.verdict = verdict
        """The verdict as it is to be recorded."""
        self.item = make(verdict, NOTHING_SUPPLIED)
        """The item as it is to be recorded."""

    def supply(self, wanted: MaterialWanted) -> None:
        """Put what is wanted into the item. It may take a while: lists have up to tens of megabytes."""
        found = self._find(wanted.digests)
        self._supplied = {**self._supplied, **found}
        self.verdict = naming_only_kept(self.verdict, wanted.digests - found.keys())
        self.item = self._make(self.verdict, self._supplied)


async def record_supplied(recorder: Recorder, kind: Kind[I, R], supplies: Supplies[I]) -> Recorded[R]:
    """Record an item from the event loop. Raises as `Recorder.record_async` does."""
    while True:  # each round adds a piece to the item, or takes a name from its verdict
        try:
            return await recorder.record_async(kind, supplies.item)
        except MaterialWanted as wanted:
            await run_in_threadpool(supplies.supply, wanted)


def record_all_supplied(
    recorder: Recorder, kind: Kind[I, R], those: Sequence[Supplies[I]]
) -> list[Recorded[R]]:
    """Record items from a thread, together. Raises as `Recorder.record` and its futures do."""
    futures = [recorder.record(kind, supplies.item) for supplies in those]
    return [
        _settled(recorder, kind, supplies, future) for supplies, future in zip(those, futures, strict=True)
    ]


def _settled(
    recorder: Recorder, kind: Kind[I, R], supplies: Supplies[I], future: "Future[Recorded[R]]"
) -> Recorded[R]:
    while True:
        try:
            return future.result()
        except MaterialWanted as wanted:
            supplies.supply(wanted)
            future = recorder.record(kind, supplies.item)
