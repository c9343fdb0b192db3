"""Attachments are exactly those that the manifest declares: each difference is named at its place."""

import hashlib

import pytest
from support.manifests import attachment, check, manifest

from axis.intake.attachment_checks import check_attachments
from axis.intake.multipart_body import Received, ReceivedAttachment
from axis.objects.spool import Spool
from axis.protocol.errors import AttachmentMissing, AttachmentUndeclared, DigestMismatch, SizeMismatch

CONTENT = b"%PDF-1.7"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
DECLARED = {"name": "a.pdf", "size": len(CONTENT), "sha256": DIGEST}


def part(name, content=CONTENT, other_names=()):
    digest = hashlib.sha256(content).hexdigest()
    return ReceivedAttachment(name, digest, Spool.of(content, 1_000), other_names)


def difference(declared, *parts):
    """The kind of refusal, and its places; None where everything is as declared."""
    received = Received(b"{}", (), {each.name: each for each in parts})
    try:
        check_attachments(check(manifest(attachments=[attachment(**each) for each in declared])), received)
    except (AttachmentMissing, AttachmentUndeclared, DigestMismatch, SizeMismatch) as error:
        return type(error), [place.pointer for place in error.places]
    return None


def test_what_is_declared_and_received_passes():
    assert difference([DECLARED], part("a.pdf")) is None


def test_a_name_that_the_parts_header_may_mean_as_well_passes():
    assert difference([DECLARED], part("=?utf-8?q?a.pdf?=", other_names=("a.pdf",))) is None


@pytest.mark.parametrize(
    ("parts", "kind", "places"),
    [
        ([], AttachmentMissing, ["/attachments/0"]),
        ([("a.pdf", b"%PDF-1.8")], DigestMismatch, ["/attachments/0/sha256"]),
        ([("a.pdf", b"%PDF")], SizeMismatch, ["/attachments/0/size", "/attachments/0/sha256"]),
        ([("a.pdf", CONTENT), ("b.pdf", CONTENT)], AttachmentUndeclared, ["part:attachment[b.pdf]"]),
        ([("b.pdf", CONTENT)], AttachmentMissing, ["/attachments/0", "part:attachment[b.pdf]"]),
    ],
)
def test_a_difference_is_refused_with_all_places(parts, kind, places):
    assert difference([DECLARED], *(part(*each) for each in parts)) == (kind, places)
