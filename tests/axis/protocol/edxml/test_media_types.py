"""Which media type a file is taken for, whatever it is declared as."""

import pytest
from support.edxml_messages import (
    DOCUMENT,
    edited,
    warnings_of,
    with_file,
    zipped,
)

from axis.protocol.edxml import read

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.mark.parametrize(
    ("name", "declared"),
    [("thư.docx", "application/msword"), ("thư.docx", "application/docx"), ("thư.doc", "application/doc")],
)
def test_a_letter_of_word_may_be_declared_as_either_of_its_generations(name, declared):
    content = zipped(("a", b"1"), ("b", b"2")) if name.endswith("x") else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert warnings_of(with_file(name, content, declared)) == []


def test_a_declared_encoding_that_lies_is_told():
    assert warnings_of(edited(DOCUMENT, ('"UTF-8"', '"windows-1258"'))) == [
        ("encoding-declared", 1, "", "windows-1258")
    ]


def test_a_declared_type_that_lies_is_told_and_the_first_bytes_believed():
    data = with_file("ảnh.bin", PNG)
    assert [warning[0] for warning in warnings_of(data)] == ["content-type-lies"]
    assert read(data).message.attachments[0].media_type == "image/png"
