"""Of a message whose files its parties alone read, an audit proves the rest, and says what it left unread."""

import hashlib

import pytest
from support.audited_hub import AuditedHub
from support.exchange import CONTENT

from axis.audit.sentences import sentence

pytestmark = pytest.mark.stores("sqlite")


@pytest.fixture
def with_message(hub: AuditedHub) -> AuditedHub:
    main = {
        "name": "message.json",
        "media_type": "application/vnd.axis.ho-so.v1+json",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    hub.message = hub.send("organisation", type="thong-diep", attachments=[main])
    hub.letter = hub.send("organisation")
    return hub


def test_a_message_is_verified_but_for_its_files_and_the_sentence_says_so(with_message: AuditedHub, tmp_path):
    outcome = with_message.audit(tmp_path)
    assert outcome.findings.named == []
    assert (outcome.signed, outcome.verified, outcome.unread) == (2, 2, 1)
    assert "but for the files of 1 message" in sentence(outcome, "en")
    assert "chỉ các bên gửi, nhận được đọc" in sentence(outcome, "vi")


def test_a_hub_that_keeps_back_the_files_of_a_letter_is_found(with_message: AuditedHub, tmp_path):
    path = f"/v1/documents/{with_message.letter.id}/attachments/0"
    with_message.transport.status = lambda at, status: 403 if at == path else status
    with_message.transport.change = lambda at, body: b'{"code": "not-permitted"}' if at == path else body
    outcome = with_message.audit(tmp_path)
    assert [each.where for each in outcome.findings.named] == [
        f"document {with_message.letter.id} attachment 0"
    ]


def test_a_message_that_is_not_signed_as_counted_is_not_proven(hub: AuditedHub, tmp_path):
    sent = hub.exchange.send_message("ho-so", signed="organisation")
    outcome = hub.audit(tmp_path)
    assert [(each.kind, each.where) for each in outcome.findings.named] == [
        ("unproven", f"document {sent.id}")
    ]
