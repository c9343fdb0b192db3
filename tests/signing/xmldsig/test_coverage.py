"""A signature covers a file only if all that a reader may see is under it."""

import pytest
from support.xml_by_hand import ENVELOPED, EXCLUSIVE, enveloped, reference, signature
from support.xml_signatures import judge

from signing.verdict_vocabulary import Indication, SubIndication

BEFORE, AFTER = '<letter xmlns="urn:l" Id="r"><to>H26</to>', "</letter>"
SIGNED = enveloped(BEFORE, AFTER)
STYLED = enveloped(
    '<?style href="a"?>\n' + BEFORE, AFTER + "\n<?end?>", f'<?style href="a"?>\n{BEFORE}{AFTER}\n<?end?>'
)
BY_ID = (
    BEFORE + signature(reference("#r", BEFORE + AFTER, (ENVELOPED, EXCLUSIVE)), form=EXCLUSIVE) + AFTER
).encode()
ENVELOPING = signature(
    reference(
        "#o", '<Object xmlns="http://www.w3.org/2000/09/xmldsig#" Id="o"><a xmlns="">1</a></Object>', ()
    ),
    objects='<Object Id="o"><a xmlns="">1</a></Object>',
).encode()


def moved(data, before, after):
    """Put the signature elsewhere: what it signs is as it was."""
    begin, end = data.index(b"<Signature "), data.index(b"</Signature>") + len(b"</Signature>")
    rest = data[:begin] + data[end:]
    at = rest.index(before + after) + len(before)
    return rest[:at] + data[begin:end] + rest[at:]


@pytest.mark.parametrize(
    "data",
    [SIGNED, STYLED, BY_ID, ENVELOPING, moved(SIGNED, b'Id="r">', b"<to>"), moved(SIGNED, b"H26", b"</to>")],
    ids=["plain", "styled", "by Id", "around", "before all", "behind a text"],
)
def test_what_is_signed_whole_passes(data):
    assert judge(data).indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    "altered",
    [
        b'<?xml-stylesheet href="evil.xsl"?>' + SIGNED,
        SIGNED + b"<?pay H99?>",
        STYLED.replace(b'href="a"', b'href="b"'),
        STYLED.replace(b'<?style href="a"?>', b""),
        STYLED.replace(b"<?end?>", b"<?end now?>"),
        SIGNED.replace(b"letter", b"order"),
        SIGNED.replace(b'Id="r"', b'Id="r" urgent="yes"'),
        SIGNED.replace(b"<to>", b'<to xmlns:x="urn:x">'),
        SIGNED.replace(b"<to>H26", b"<to>H26<?br?>"),
        BY_ID.replace(b'Id="r"', b'Id="r" urgent="yes"'),
        BY_ID.replace(b"letter", b"order"),
    ],
)
def test_an_altered_root_or_instruction_is_a_changed_document(altered):
    assert altered not in {SIGNED, STYLED, BY_ID}
    assert judge(altered).sub_indication is SubIndication.HASH_FAILURE


@pytest.mark.parametrize(
    ("altered", "reason"),
    [
        (b'<?xml-stylesheet href="evil.xsl"?>' + BY_ID, "xml-outside"),
        (BY_ID + b"<?pay H99?>", "xml-outside"),
        (b"<?pay H99?>" + ENVELOPING, "xml-outside"),
        (moved(SIGNED, b"<to>H", b"26</to>"), "xml-divided"),
        (moved(SIGNED, b"<to>", b"H26</to>"), "xml-divided"),
        (b"<!-- pay H99 -->" + SIGNED, "xml-comment"),
        (SIGNED + b"<!-- pay H99 -->", "xml-comment"),
        (SIGNED.replace(b"<to>", b"<!-- pay H99 --><to>"), "xml-comment"),
        (SIGNED.replace(b"<to>H26", b"<to>H<!-- -->26"), "xml-comment"),
        (SIGNED.replace(b"<KeyInfo>", b"<KeyInfo><!-- pay H99 -->"), "xml-comment"),
        (b"<order>" + BY_ID + b"</order>", "part"),
        (b"<order>" + ENVELOPING + b"</order>", "part"),
    ],
)
def test_what_stands_beside_what_is_signed_is_named_and_leaves_it_open(altered, reason):
    verdict = judge(altered)
    assert (verdict.indication, verdict.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
    )
    assert dict(verdict.params)["reason"] == reason


def test_a_comment_is_covered_where_the_signer_kept_it():
    with_comments = EXCLUSIVE + "WithComments"
    before = "<a><!-- read me --><b>1</b>"
    made = before + signature(reference("", before + "</a>", (ENVELOPED, with_comments))) + "</a>"
    assert judge(made.encode()).indication is Indication.TOTAL_PASSED
    assert judge(made.replace("read me", "burn me").encode()).sub_indication is SubIndication.HASH_FAILURE
    inside = made.replace("<KeyInfo>", "<KeyInfo><!-- pay H99 -->").encode()
    assert judge(inside).sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_the_same_content_in_other_words_of_xml_still_passes():
    # Character references, CDATA, quotes, empty elements and the order of attributes are nobody's content.
    same = SIGNED.replace(b"H26", b"<![CDATA[H]]>&#x32;6").replace(b'Id="r"', b"Id='r'")
    assert judge(b'<?xml version="1.0" encoding="UTF-8"?>\n' + same).indication is Indication.TOTAL_PASSED
    assert judge(same.decode().encode("utf-16")).indication is Indication.TOTAL_PASSED
