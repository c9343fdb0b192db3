"""Frames between fronts and the writer process, and pickles that name what each process has of its own."""

import pytest

from axis.database.writer_frames import (
    ITEM,
    LOOK,
    MAX_PAYLOAD,
    FrameError,
    FrameReader,
    ItemPickles,
    collaborator,
    frame,
)


class Directory:
    """A collaborator: no process sends its own to another."""


def test_frames_are_cut_wherever_the_stream_is_cut():
    sent = [(ITEM, 7, b"payload"), (LOOK, 2**63, b""), (ITEM, 8, bytes(1_000))]
    stream = b"".join(frame(*each) for each in sent)
    for step in (1, 5, 13, len(stream)):
        reader = FrameReader()
        pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
        assert [found for piece in pieces for found in reader.feed(piece)] == sent


def test_a_frame_longer_than_any_is_refused_by_its_head():
    head = frame(ITEM)[:-4] + (MAX_PAYLOAD + 1).to_bytes(4, "big")
    with pytest.raises(FrameError):
        list(FrameReader().feed(head))


def test_a_collaborator_is_named_and_read_as_the_readers_own():
    theirs, ours = Directory(), Directory()
    data = ItemPickles({"directory": theirs}).dumps({"item": [1, theirs]})
    assert ItemPickles({"directory": ours}).loads(data) == {"item": [1, ours]}


def test_a_name_alone_stands_for_nothing():
    with pytest.raises(FrameError):
        collaborator("directory")
