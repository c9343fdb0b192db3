"""Files of messages: base64 and zip, as real clients write them and as attackers do."""

import dataclasses
import random
import struct
import tracemalloc

import pytest
from support.edxml_messages import (
    DOCUMENT,
    PDF,
    edited,
    fault_of,
    line_of,
    warnings_of,
    with_file,
    zipped,
)
from support.effort import times
from support.hostile_messages import with_files

from axis.protocol.edxml import (
    Attachment,
    AttachmentInvalid,
    read,
    write,
)
from axis.protocol.edxml.files import Place, decode, unwrap


def test_a_list_of_a_million_entries_is_not_opened():
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", *[0] * 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 200_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 4, 0)
    content = b"PK\x03\x04" + directory + end
    data = with_file("ghi.txt", content, "application/zip")
    tracemalloc.start()
    (attachment,) = read(data).message.attachments
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert attachment.content == content
    assert peak < 8 * len(content)


@pytest.mark.parametrize("space", [" ", "\n", "\r\n\t"])
def test_base64_between_spaces_costs_no_more_than_its_length(space):
    text = f"AB{space}" * 500_000
    tracemalloc.start()
    content = decode(text, len(text), Place(1, "ContentTransferEncoded"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(content) == 750_000
    assert peak < 3 * len(text)


def test_many_small_bombs_are_one_large_one():
    """What is packed tighter than files are comes to a mebibyte in all, of however many files."""
    assert fault_of(with_files(4, "a.txt", zipped(("a", bytes(500_000))))).code == "zip-bomb"
    assert len(read(with_files(3, "a.txt", zipped(("a", bytes(400_000))))).message.attachments) == 3
    assert (
        len(
            read(
                with_files(50, "a.txt", zipped(("a", random.Random(1).randbytes(9000) * 9)))
            ).message.attachments
        )
        == 50
    )


def test_what_is_written_is_no_bomb_to_its_reader():
    """However tightly its files could be packed."""
    files = tuple(
        Attachment(str(place), f"{place}.txt", bytes(size))
        for place, size in enumerate((4096,) * 150 + (500_000,) * 5)
    )
    document = dataclasses.replace(read(DOCUMENT).message, attachments=files)
    assert read(write(document)).message.attachments == files


def test_whatever_is_done_to_an_archive_it_is_read_or_refused():
    random_source = random.Random(3)
    archive = zipped(("abc", b"hello" * 20))
    opened = 0
    for _ in range(times(3000)):
        data = bytearray(archive)
        for _ in range(random_source.randint(1, 4)):
            data[random_source.randrange(4, len(data))] = random_source.randrange(256)
        try:
            unwrap("ghi.txt", "", bytes(data), 1_000_000, Place(1, "ContentTransferEncoded"))
            opened += 1
        except AttachmentInvalid:
            pass
    assert 0 < opened < times(3000)


def test_base64_may_hold_white_space():
    encoded = "JVBERi0xLjcKJSVFT0YK"
    data = edited(DOCUMENT, (encoded, f"\r\n  {encoded[:7]}\r\n\t{encoded[7:]}\n"))
    assert warnings_of(data) == []
    assert read(data).message == read(DOCUMENT).message


def test_a_zipped_file_is_unwrapped_and_has_its_true_name():
    data = with_file("bảng.xlsx", zipped(("8f2e", b"PK\x03\x04 cells")), "application/zip")
    (attachment,) = read(data).message.attachments
    assert (attachment.name, attachment.content) == ("bảng.xlsx", b"PK\x03\x04 cells")
    line = line_of(data, "<Attachment>")
    assert warnings_of(data) == [("attachment-zipped", line, "Attachment", "bảng.xlsx")]


def test_a_file_is_unwrapped_once_and_not_again():
    inner = zipped(("a", b"1"))
    (attachment,) = read(with_file("ghi.txt", zipped(("x", inner)), "application/zip")).message.attachments
    assert attachment.content == inner


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hồ sơ.zip", zipped(("a", b"1"))),
        ("thư.docx", zipped(("a", b"1"), ("b", b"2"))),
        ("bảng.xlsx", zipped(("a", b"1"), ("b", b"2"))),
        ("ghi.txt", b"PK\x03\x04 is how a zip begins"),
    ],
)
def test_what_the_client_does_not_wrap_stays_as_it_is(name, content):
    (attachment,) = read(with_file(name, content, "application/zip")).message.attachments
    assert attachment.content == content


@pytest.mark.parametrize("name", ["GUIDE.SIGNED.PDF", "thu.doc", "217.pdf"])
def test_a_raw_type_that_says_it_is_a_zip_is_unwrapped_as_the_official_parser_does(name):
    data = with_file(name, zipped(("x", PDF)), "application/zip")
    assert read(data).message.attachments[0].content == PDF
    assert [warning.code for warning in read(data).warnings] == ["attachment-zipped"]


@pytest.mark.parametrize(
    ("name", "declared", "entries"),
    [
        ("217.pdf", "application/pdf", [("x", PDF)]),
        ("217.zip", "application/zip", [("x", PDF)]),
        ("217.docx", "application/zip", [("[Content_Types].xml", b"<a/>"), ("b", b"")]),
    ],
)
def test_a_zip_that_is_the_file_itself_stays_whole(name, declared, entries):
    packed = zipped(*entries)
    assert read(with_file(name, packed, declared)).message.attachments[0].content == packed


def test_a_zip_under_another_name_is_written_so_that_nobody_unwraps_it():
    message = read(with_file("217.pdf", zipped(("x", PDF)), "application/pdf")).message
    again = write(message)
    assert b"application/zip" not in again
    assert read(again).message == message
