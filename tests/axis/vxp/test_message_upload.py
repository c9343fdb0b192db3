"""The file of a message in the body of a call: its digest, its size, and where it is kept meanwhile."""

from support.old_protocol_exchange import (
    LETTER,
    A,
    letter,
)

from axis.protocol import edxml


def test_digest_of_another_file_is_refused_and_recorded(axis):
    code, description = axis.refusal(LETTER, **{"hash-file": "ab" * 32})
    assert (code, "hash-file" in description, "attachment" in description) == ("10", True, False)
    (refusal,) = axis.refusals()
    assert refusal["code"] == "digest-mismatch"


def test_large_message_is_spooled_and_comes_back_whole(axis):
    content = b"%PDF-1.7\n" + bytes(range(256)) * 12_000
    identity = axis.sent(letter(attachments=(edxml.Attachment("1", "a.pdf", content),)))
    assert axis.rest[A].get(f"/v1/documents/{identity}/attachments/0").content == content
    (item,) = axis.clients[A].received()["data"]
    assert edxml.read(axis.clients[A].edoc(item["docId"])[1]).message.attachments[0].content == content


def test_message_beyond_the_limit_is_refused_and_recorded(axis):
    axis.limit(vxp_document_bytes=100_000)
    message = letter(attachments=(edxml.Attachment("1", "a.pdf", b"%PDF-" + bytes(2_000_000)),))
    assert axis.refusal(message)[0] == "10"
    message = letter(attachments=(edxml.Attachment("1", "a.pdf", b"%PDF-" + bytes(150_000)),))
    assert axis.refusal(message)[0] == "10"
    assert [each["code"] for each in axis.refusals()] == ["too-large", "manifest-invalid"]
