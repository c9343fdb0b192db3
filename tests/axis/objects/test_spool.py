"""A spool counts and hashes what is added, and gives its disk space back."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.objects.spool import Spool

PIECES = st.lists(st.binary(max_size=20), max_size=8)


@given(PIECES, st.integers(-1, 100))
def test_what_was_added_is_read_counted_and_hashed(pieces, memory):
    spool, whole = Spool(memory), b"".join(pieces)
    for piece in pieces:
        spool.add(piece)
    assert (spool.read(), spool.size, spool.sha256) == (whole, len(whole), sha256(whole).hexdigest())
    assert spool.content == (whole if len(whole) <= memory or not pieces else None)
    with spool.open() as file:
        assert file.read(5) == whole[:5]
    assert spool.read() == whole
    spool.close()


@pytest.mark.parametrize("memory", [0, 100])
def test_shortened_content_is_read_counted_and_hashed(memory):
    spool = Spool.of(b"letter\r\n", memory)
    spool.shorten(b"letter")
    assert (spool.read(), spool.size, spool.sha256) == (b"letter", 6, sha256(b"letter").hexdigest())
    spool.close()


def test_closing_gives_the_disk_back():
    spool = Spool.of(b"letter", memory=0)
    spool.close()
    with pytest.raises(ValueError, match="closed file"):
        spool.read()
