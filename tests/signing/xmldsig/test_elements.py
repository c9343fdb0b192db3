"""Elements of XML signatures are looked up so that no two readers mean different ones."""

import pytest
from lxml import etree

from signing.errors import UnreadableSignature
from signing.xmldsig.elements import DS, decoded, identified, one, signatures_in


def tree(text):
    return etree.fromstring(f'<root xmlns:ds="{DS}" xmlns:x="urn:x">{text}</root>')


def test_an_element_that_is_missing_or_there_twice_is_refused():
    assert one(tree("<ds:Reference/>"), "ds:Reference").tag == f"{{{DS}}}Reference"
    for text in ("", "<ds:Reference/><ds:Reference/>", "<Reference/>"):
        with pytest.raises(UnreadableSignature):
            one(tree(text), "ds:Reference")


def test_an_id_counts_in_any_spelling_and_namespace_and_all_its_bearers_are_told():
    found = identified(tree('<a Id="1"/><b ID="1"/><c x:id="2"/><d identity="3"/>'))
    assert {name: [each.tag for each in bearers] for name, bearers in found.items()} == {
        "1": ["a", "b"],
        "2": ["c"],
    }


def test_signatures_come_in_the_documents_order_however_deep():
    found = signatures_in(tree('<a><ds:Signature Id="1"/></a><ds:Signature Id="2"/><Signature/>'))
    assert [each.get("Id") for each in found] == ["1", "2"]


@pytest.mark.parametrize("text", ["YWJj", " YW\n Jj\t", "YW<!-- c -->Jj"])
def test_base64_is_read_across_white_space_and_comments(text):
    assert decoded(tree(text)) == b"abc"


@pytest.mark.parametrize("text", ["YWJ", "YW*Jj", "YW<b>Jj</b>"])
def test_what_is_no_base64_or_holds_an_element_is_refused(text):
    with pytest.raises(UnreadableSignature):
        decoded(tree(text))
