"""The body of a document: exact bytes, a length known ahead, and the same again when it is sent again."""

from hashlib import sha256

from nodes.multipart import Attachment, document_body


def test_the_body_holds_every_part_exactly_and_has_the_length_it_says():
    attachment = Attachment("Công văn.pdf", b"%PDF", "application/pdf")
    body = document_body(b'{"a": 1}', [b"one", b"two"], [attachment])
    whole = b"".join(body.chunks())
    boundary = body.content_type.removeprefix("multipart/form-data; boundary=").encode()
    *parts, end = whole.split(b"\r\n--" + boundary)[1:]
    assert end == b"--\r\n"
    heads, contents = zip(*(part.split(b"\r\n\r\n", 1) for part in parts), strict=True)
    assert contents == (b'{"a": 1}', b"one", b"two", b"%PDF")
    assert 'filename="Công văn.pdf"'.encode() in heads[3]
    assert body.length == len(whole)
    assert body.joined() == whole == b"".join(body.chunks())


def test_names_cannot_break_out_of_their_header():
    body = document_body(b"{}", [], [Attachment('a"; name="manifest\r\nX: y', b"")])
    assert b'filename="a%22; name=%22manifest%0D%0AX: y"' in b"".join(body.chunks())


def test_a_large_file_is_read_while_it_is_sent_and_can_be_sent_again(tmp_path):
    content = bytes(range(256)) * 20_000
    (tmp_path / "file").write_bytes(content)
    large = Attachment("f", tmp_path / "file")
    body = document_body(b"{}", [], [large])
    assert (large.size, large.digest()) == (len(content), sha256(content).hexdigest())
    assert body.joined() is None
    assert max(map(len, body.chunks())) < len(content)
    assert b"".join(body.chunks()) == b"".join(body.chunks())
    assert content in b"".join(body.chunks())


def test_the_same_document_has_the_same_bytes_and_another_has_another_boundary():
    assert document_body(b"{}", [], []).content_type == document_body(b"{}", [], []).content_type
    assert document_body(b"{}", [], []).content_type != document_body(b"{ }", [], []).content_type
