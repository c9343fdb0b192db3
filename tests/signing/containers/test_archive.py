"""Archives in which two programs could find different files are not judged, and none is a bomb."""

import io
import struct
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.containers import LETTER, asic_e, judge_all, pack

from signing.containers import archive
from signing.containers.archive import read_archive
from signing.errors import UnreadableSignature
from signing.verdict_vocabulary import Indication, SubIndication

GOOD = pack(asic_e())


def reason_of(data):
    with pytest.raises(UnreadableSignature) as caught:
        read_archive(data)
    return caught.value.params["reason"]


def archive_of(*files):
    """Write an archive with names that no honest program writes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name comes twice
        for name, data in files:
            info = zipfile.ZipInfo(name)
            info.filename = name  # which the constructor mends
            written.writestr(info, data)
    return made.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_is_read_as_zipfile_wrote_it(method):
    files = {"a/b.txt": b"x" * 1000, "c": b"", "Công văn.pdf": b"%PDF"}
    read = read_archive(pack(files, method=method))
    assert {name: each.data for name, each in read.entries.items()} == files
    assert not any(each.is_damaged for each in read.entries.values())


class Stream(io.RawIOBase):
    """A file that cannot be gone back in."""

    def __init__(self):
        super().__init__()
        self.written = b""

    def writable(self):
        return True

    def write(self, data):
        self.written += bytes(data)
        return len(data)


def test_an_archive_written_to_a_stream_has_its_sizes_behind_each_file():
    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("a", b"x" * 100)
        with written.open("b", "w", force_zip64=True) as file:
            file.write(b"y" * 100)
    read = read_archive(stream.written)
    assert {name: each.data for name, each in read.entries.items()} == {"a": b"x" * 100, "b": b"y" * 100}


def test_folders_are_no_files():
    read = read_archive(archive_of(("a/", b""), ("a/b", b"x"), ("c/", b""), ("c/d/", b"")))
    assert list(read.entries) == ["a/b"]
    assert read.empty_folders == ("c/", "c/d/")


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + GOOD,
        GOOD + b"\0",
        GOOD.replace(b"PK\x05\x06", b"PK\x05\x07"),
        GOOD[:-30],
        b"PK\x03\x04",
        archive_of(("a", b"1"), ("a", b"2")),
        archive_of(("a", b"1"), ("A", b"2")),
        archive_of(("ca\u0301", b"1"), ("c\u00e1", b"2")),
        archive_of(("a", b"1"), ("a/b", b"2")),
        archive_of(("../a", b"1")),
        archive_of(("/a", b"1")),
        archive_of(("a//b", b"1")),
        archive_of(("a\\b", b"1")),
        archive_of(("a.txt.", b"1")),
        archive_of(("a\u202etxt", b"1")),
        archive_of(("folder/", b"not empty")),
    ],
    ids=range(16),
)
def test_what_could_be_read_in_two_ways_is_not_read(data):
    assert reason_of(data) == "container-ambiguous"


@pytest.mark.parametrize("system", [0, 3, 19], ids=["DOS", "Unix", "macOS"])
@pytest.mark.parametrize(
    "attributes",
    [0o120777 << 16, 0o010666 << 16, 0o040755 << 16, 0x10],
    ids=["link", "pipe", "folder", "of DOS"],
)
def test_a_file_that_some_take_for_something_else_is_not_read(system, attributes):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        info = zipfile.ZipInfo("a")
        info.create_system, info.external_attr = system, attributes
        written.writestr(info, b"b")
    assert reason_of(made.getvalue()) == "container-ambiguous"


def test_a_file_that_the_directory_does_not_list_is_found():
    two = pack({"a": b"1", "b": b"2"})
    start = two.index(b"PK\x01\x02")
    second = two.index(b"PK\x01\x02", start + 4)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, second - start, start, 0)
    assert reason_of(two[:second] + end) == "container-ambiguous"


@pytest.mark.parametrize("place", [30, 14, 8, 10], ids=["name", "checksum", "method", "time"])
def test_records_that_contradict_each_other_are_not_read(place):
    changed = bytearray(GOOD)
    changed[place] ^= 1
    assert reason_of(bytes(changed)) == "container-ambiguous"


def test_encrypted_files_are_said_to_be_so():
    changed = bytearray(pack({"a": b"1"}))
    changed[6] |= 1
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    assert reason_of(bytes(changed)) == "container-encrypted"


def test_bombs_are_refused_before_they_unpack(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 1_000_000)
    assert reason_of(pack({"a": bytes(1_000_001)})) == "container-too-large"
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)
    assert reason_of(pack({"a": b"", "b": b"", "c": b""})) == "container-too-many"


def test_a_file_longer_than_it_says_is_damaged_and_not_unpacked_further():
    bomb = bytearray(pack({"a": bytes(100_000)}))
    for at in (22, bomb.index(b"PK\x01\x02") + 24):
        bomb[at : at + 4] = struct.pack("<I", 10)
    entry = read_archive(bytes(bomb)).entries["a"]
    assert entry.is_damaged
    assert len(entry.data) <= 11


def test_a_file_whose_packed_bytes_were_altered_fails():
    changed = bytearray(GOOD)
    changed[changed.index(LETTER.encode()) + len(LETTER.encode()) + 3] ^= 0xFF
    (verdict,) = judge_all(bytes(changed))
    assert verdict.sub_indication is SubIndication.HASH_FAILURE


@settings(max_examples=150)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_one_changed_byte_never_changes_what_passed_files_hold(place, change):
    changed = bytearray(GOOD)
    changed[place] ^= change
    if any(each.indication is Indication.TOTAL_PASSED for each in judge_all(bytes(changed))):
        assert read_archive(bytes(changed)).entries == read_archive(GOOD).entries
