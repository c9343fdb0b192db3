"""What is too large or not evaluated is told before a tree is made; only what is no XML is called broken."""

import pytest
from support.xml_by_hand import enveloped
from support.xml_signatures import judge

from signing.errors import UnreadableSignature
from signing.verdict_vocabulary import Indication, SubIndication
from signing.xmldsig.screening import screen

SIGNED = enveloped("<a><b>1</b>", "</a>")
UNDECIDED = (Indication.INDETERMINATE, SubIndication.GENERIC)


def outcome(data):
    verdict = judge(data)
    return verdict.indication, verdict.sub_indication


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.1"?>' + SIGNED,
        b'<?xml version="1.0" encoding="gb2312"?>' + SIGNED,
        b'<?xml version="1.0" encoding="x-nobody-knows"?>' + SIGNED,
        SIGNED.replace(b"<a>", b'<a xmlns:n="no URI">'),
    ],
)
def test_xml_of_a_form_that_is_not_read_is_undecided(data):
    assert outcome(data) == UNDECIDED


def test_xml_that_is_broken_fails():
    broken = (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)
    assert outcome(SIGNED[:-4]) == broken
    assert outcome(SIGNED + b"pay 9") == broken


def test_a_message_of_ordinary_namespaces_is_far_below_the_limits():
    declared = b" ".join(b'xmlns:n%d="urn:example:namespace:%d"' % (n, n) for n in range(12))
    size = screen(b"<a " + declared + b">" + b'<b c="1">x</b>' * 50_000 + b"</a>")
    assert size.steps < 20_000_000
    assert size.elements == 50_001


def test_declarations_repeated_at_each_element_do_not_add_up():
    size = screen(b"<a>" + b'<b xmlns="urn:example:b">x</b>' * 50_000 + b"</a>")
    assert size.steps < 10_000_000


@pytest.mark.parametrize("depth", [150, 201])
def test_depth_has_one_limit(depth):
    data = b"<a>" * depth + b"</a>" * depth
    if depth > 200:
        with pytest.raises(UnreadableSignature):
            screen(data)
    else:
        assert screen(data).elements == depth
