import contextlib
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.evidence import archive
from axis.evidence.archive import ArchiveAltered, Entry, NotAnArchive, read_archive
from axis.evidence.parts import part, written

FIRST = "README.txt"
CONTENTS = {FIRST: b"read me", "attachments/0-Văn bản.pdf": bytes(range(256)) * 9, "rỗng": b""}


def packed(contents=CONTENTS) -> bytes:
    return b"".join(written([part(name, content) for name, content in contents.items()]))


def read(content: bytes):
    return read_archive(io.BytesIO(content), FIRST)


def test_other_programs_read_what_is_written():
    with zipfile.ZipFile(io.BytesIO(packed())) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == CONTENTS


def test_the_length_is_known_ahead():
    parts = [part(name, content) for name, content in CONTENTS.items()]
    assert archive.archive_size([each.entry for each in parts]) == len(packed())


def test_parts_are_found_where_they_are():
    content = packed()
    with io.BytesIO(content) as file:
        found = read_archive(file, FIRST)
        assert {each.entry.name: b"".join(archive.pieces_of(file, each)) for each in found} == CONTENTS


def test_an_archive_may_stand_inside_another():
    content = packed()
    around = b"before" + content + b"after"
    found = read_archive(io.BytesIO(around), FIRST, 6, len(content))
    assert [each.entry.name for each in found] == list(CONTENTS)


@given(at=st.integers(0, len(packed()) - 1), bit=st.integers(0, 7))
def test_a_changed_byte_is_seen_in_the_structure_or_in_the_checksum_of_its_part(at, bit):
    altered = bytearray(packed())
    altered[at] ^= 1 << bit
    found = []
    with contextlib.suppress(ArchiveAltered, NotAnArchive):
        found = read(bytes(altered))
    sums = {each.entry.name: zlib.crc32(altered[each.start : each.start + each.entry.size]) for each in found}
    assert not found or any(sums[each.entry.name] != each.entry.crc32 for each in found)


@given(cut=st.integers(1, len(packed())))
def test_an_archive_that_was_cut_short_is_seen(cut):
    with pytest.raises((ArchiveAltered, NotAnArchive)):
        read(packed()[:-cut])


def test_bytes_after_the_end_are_seen():
    with pytest.raises(ArchiveAltered, match="goes on for 1 bytes after its end"):
        read(packed() + b"\0")


@pytest.mark.parametrize("content", [b"", b"P", b"%PDF-1.7\n%%EOF\n", b"PK\5\6" + bytes(18)])
def test_what_is_no_archive_is_told_so(content):
    with pytest.raises(NotAnArchive):
        read(content)


def by_another_program(**options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as made:
        for name, content in CONTENTS.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = made.compression
            made.writestr(info, content)
    return out.getvalue()


def test_an_archive_by_another_program_is_told_so_without_being_unpacked():
    with pytest.raises(NotAnArchive, match=r"README\.txt is compressed"):
        read(by_another_program(compression=zipfile.ZIP_DEFLATED))
    with pytest.raises(NotAnArchive, match=r"README\.txt is another than an axis writes"):
        read(by_another_program())


def test_an_encrypted_part_is_named():
    content = bytearray(packed())
    second = content.index(b"PK\3\4", 4)
    content[second + 6] |= 1
    with pytest.raises(ArchiveAltered, match=r"attachments/0-Văn bản\.pdf is encrypted"):
        read(bytes(content))


def test_a_part_that_claims_more_than_there_is_does_not_take_memory():
    content = bytearray(packed())
    second = content.index(b"PK\3\4", 4)
    content[second + 18 : second + 26] = (0xF000_0000).to_bytes(4, "little") * 2
    with pytest.raises(ArchiveAltered, match="is cut short"):
        read(bytes(content))


def test_names_that_do_not_print_are_shown_with_escapes():
    bad = dict(CONTENTS) | {"a\x1b[2J": b"x"}
    content = bytearray(packed(bad))
    content[content.index(b"a\x1b[2J") - 24] ^= 1  # a flag of its header
    with pytest.raises(ArchiveAltered) as told:
        read(bytes(content))
    assert "\\u001b" in str(told.value)


@pytest.mark.parametrize("size", [0xFFFF_FFFE, 0xFFFF_FFFF, 2**40])
def test_large_parts_have_sizes_of_eight_bytes_from_four_gibibytes_on(size):
    entries = [Entry("a", size, 0), Entry("b", 1, 0)]
    end = b"".join(archive.directory(entries))
    is_large = size >= 0xFFFF_FFFF
    assert (b"PK\6\6" in end) == (size > 0xFFFF_FFFF - 60)
    assert (len(archive.local_header(entries[0])) == 30 + 1 + 20) == is_large
    assert archive.archive_size(entries) == size + 1 + sum(
        len(archive.local_header(each)) for each in entries
    ) + len(end)


def test_other_programs_follow_the_directory_of_a_large_archive(tmp_path):
    path = tmp_path / "large.zip"
    entries = [Entry("a", 0xFFFF_FFFF + 7, 0), Entry("b", 3, zlib.crc32(b"end"))]
    with path.open("wb") as file:  # a hole where the first part's bytes are
        file.write(archive.local_header(entries[0]))
        file.seek(entries[0].size, 1)
        file.write(archive.local_header(entries[1]) + b"end" + b"".join(archive.directory(entries)))
    with zipfile.ZipFile(path) as opened:
        assert [(each.filename, each.file_size) for each in opened.infolist()] == [
            ("a", entries[0].size),
            ("b", 3),
        ]
        assert opened.read("b") == b"end"
    with path.open("rb") as file:
        assert [each.entry for each in read_archive(file, "a")] == entries
