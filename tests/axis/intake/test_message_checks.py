"""A message of a published kind fits its schema, or is refused with its places and no values."""

import hashlib
import json
from contextlib import closing

import pytest
from support.manifests import attachment, check, manifest

from axis.intake.message_checks import MESSAGE_BYTES, check_message, is_published_message
from axis.intake.multipart_body import Received, ReceivedAttachment
from axis.objects.spool import Spool
from axis.protocol.errors import MessageInvalid

DOSSIER = {
    "code": "000.00.00.H50-240115-0001",
    "procedure": "1.000001",
    "channel": 2,
    "service": "full",
    "status": 9,
    "at": "2024-01-15T08:00:00+07:00",
    "due": None,
}


def checked(content, kind="trang-thai-ho-so", memory=10_000_000):
    """Check a message; raises its refusal."""
    digest = hashlib.sha256(content).hexdigest()
    main = attachment(
        name="a.json", size=len(content), sha256=digest, media_type=f"application/vnd.axis.{kind}.v1+json"
    )
    said = check(manifest(type="thong-diep", attachments=[main]))
    part = ReceivedAttachment("a.json", digest, Spool.of(content, memory))
    assert is_published_message(said) == (kind == "trang-thai-ho-so")
    with closing(part.spool):
        check_message(said, Received(b"{}", (), {"a.json": part}))


def body(**change):
    return json.dumps({"unit": "000.00.00.H50", "dossiers": [DOSSIER | change]}).encode()


@pytest.mark.parametrize("memory", [10, 10_000_000])
def test_a_message_that_fits_passes_from_memory_and_from_disk(memory):
    checked(body(), memory=memory)


def test_a_kind_that_is_not_published_passes_whatever_it_says():
    checked(b"{}", kind="ho-so-khac")


def test_a_broken_message_is_refused_with_its_place_and_without_its_value():
    with pytest.raises(MessageInvalid) as error:
        checked(body(status=77, owner="Lê Văn An"))
    pointers = [place.pointer for place in error.value.places]
    assert pointers == [
        "part:attachment[a.json]/dossiers/0/status",
        "part:attachment[a.json]/dossiers/0/owner",
    ]
    assert "77" not in str(error.value.places)
    assert "Lê Văn An" not in str(error.value.places)


def test_a_message_larger_than_the_limit_is_refused_unread():
    with pytest.raises(MessageInvalid) as error:
        checked(b" " * (MESSAGE_BYTES + 1))
    assert error.value.places[0].expected == f"at most {MESSAGE_BYTES} bytes"
