"""The messages between front processes and the writer process, and how items are pickled for them.

A message is a frame: a letter, a number and a payload. The socket lies in a folder of this hub's own, so
pickles from others are not read.
"""

import copyreg
import io
import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

Letter = Literal[b"H", b"E", b"I", b"S", b"C", b"L", b"K", b"T", b"G", b"A"]

FRONT: Final = b"H"
"""From a front, first of all: it serves callers, and wants to hear of commits and changes."""
EXPECT: Final = b"E"
"""From a front: the number of items that are on their way or wait there."""
ITEM: Final = b"I"
"""From a front: an item under a number of the front's, pickled."""
SETTLED: Final = b"S"
"""To a front: outcomes of some of its items, pickled: pairs of number and outcome."""
COMMITTED: Final = b"C"
"""To a front: items of others were committed."""
LOOK: Final = b"L"
"""To a front: the store has changed, look at it; and say so under this number."""
LOOKED: Final = b"K"
"""From a front: it has looked."""
TURN: Final = b"T"
"""From whoever wants to write by itself: it waits for its turn in the writer's queue."""
GRANTED: Final = b"G"
"""To it: nobody else writes until it closes the connection."""
ANNOUNCE: Final = b"A"
"""From whoever changed the store: all fronts are to look; answered with the same once they have."""

_HEAD = struct.Struct(">cQI")
MAX_PAYLOAD = 512 * 1024 * 1024
"""The longest payload: some ten revocation lists of the largest kind."""


class FrameError(Exception):
    """The other side does not speak this language; the connection is of no use."""


def frame(letter: Letter, number: int = 0, payload: bytes = b"") -> bytes:
    """Write a frame."""
    return _HEAD.pack(letter, number, len(payload)) + payload


class FrameReader:
    """Cuts what arrives into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
        """Yield letter, number and payload of each frame that is complete now.

        Raises:
            FrameError: when a frame is longer than any may be.

        """
        buffer = self._buffer
        buffer += data
        at = 0
        while len(buffer) - at >= _HEAD.size:
            letter, number, length = _HEAD.unpack_from(buffer, at)
            if length > MAX_PAYLOAD:
                raise FrameError
            end = at + _HEAD.size + length
            if len(buffer) < end:
                break
            yield letter, number, bytes(memoryview(buffer)[at + _HEAD.size : end])
            at = end
        del buffer[:at]


Shared = Mapping[str, Any]
"""Collaborators that each process has of its own, by name: they are named instead of being sent."""


class ItemPickles:
    """Writes and reads pickles in which shared collaborators stand by their names."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._table: dict[type, Callable[[Any], Any]] = dict(copyreg.dispatch_table)
        for name, value in shared.items():
            self._table[type(value)] = _naming(name)

    def dumps(self, value: object) -> bytes:
        """Pickle a value."""
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._table
        pickler.dump(value)
        return file.getvalue()

    def loads(self, data: bytes) -> Any:
        """Read a value that another process of this hub pickled."""
        return _Reading(io.BytesIO(data), self._shared).load()


def collaborator(name: str) -> Any:
    """Stand for a collaborator in a pickle; reading one puts this process's own in its place."""
    raise FrameError(name)


def _naming(name: str) -> Callable[[Any], Any]:
    return lambda _value: (collaborator, (name,))


class _Reading(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: Shared) -> None:
        super().__init__(file)
        self._shared = shared

    def find_class(self, module: str, name: str) -> Any:
        if name == "collaborator" and module == __name__:
            return self._shared.__getitem__
        return super().find_class(module, name)
