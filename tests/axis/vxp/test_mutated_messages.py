"""Over HTTP: mutated messages are taken or refused with a code, and are never a fault of the hub."""

import random

import pytest
from support.effort import times
from support.old_protocol_exchange import LETTER, A, S, business, letter, status

from axis.protocol import edxml
from axis.protocol.edxml import BusinessType, ReceiverType

CHANGES = edxml.BusinessInfo(
    receivers=(
        edxml.ReceiverChange("H96", ReceiverType.ADDED),
        edxml.ReceiverChange("H95", ReceiverType.REMOVED),
    )
)
REPLACED = (edxml.Replacement(LETTER.document_id, ("H94",)),)
MESSAGES = [
    edxml.write(message)
    for message in (
        LETTER,
        letter(business=business(BusinessType.RECALL, document_id=LETTER.document_id)),
        letter(business=business(BusinessType.UPDATE, info=CHANGES)),
        letter(business=business(BusinessType.REPLACE, replacements=REPLACED)),
        status("03", note="Đã tiếp nhận"),
        status("13", by=S, note="xin lại"),
        status("15"),
    )
]
PIECES = (
    b"", b"<", b"&", b"\x00", b"\xff\xfe", b"]]>", b"<!DOCTYPE a>", b"&lt;", b"-1", b"9" * 400, b",,,", b"/",
    "\u202e\u200b\u0085".encode(), "ế".encode() * 300, b"2027/99/99", b"000.00.00.H94",
)  # fmt: skip
ROUNDS = times(120)
FAULTS = {"10", "18", "19", "21", "22", "23"}


def mutated(message, chance):
    """A message with a few of its bytes replaced, cut, doubled or moved."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        start = chance.randrange(len(message))
        end = min(len(message), start + chance.choice((0, 1, 2, 8, 40, 400)))
        piece = chance.choice((chance.choice(PIECES), message[start:end] * 2, chance.randbytes(3), b""))
        if chance.random() < 0.5:  # inside a field, where more of the way in is gone
            start = message.find(b">", start) + 1
            end = max(start, message.find(b"<", start))
        message = message[:start] + piece + message[end:]
    return message


@pytest.mark.parametrize("seed", [1])
def test_any_mutated_message_is_taken_or_refused_for_a_reason(axis, seed):
    chance = random.Random(seed)
    axis.sent(LETTER)
    for place in range(ROUNDS):
        message = mutated(chance.choice(MESSAGES), chance)
        sender = chance.choice((S, A))
        kind = chance.choice(("edoc", "status"))
        to = chance.choice((None, None, None, ["H94"], ["H94", ""], ["H95", "x" * 40]))
        reply = axis.send(message, sender, messagetype=kind, to=to)
        axis.clients[sender].documents.pop("to", None)
        assert reply["status"] == "OK" or reply["ErrorCode"] in FAULTS, (place, message, reply)
