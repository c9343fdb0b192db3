"""Canonical forms are those of the standard wherever an element stands; signers and verifiers agree."""

from pathlib import Path

import pytest
from support.xml_by_hand import DS, EXCLUSIVE, INCLUSIVE, NEWER, enveloped
from support.xml_signatures import judge

from signing.algorithms import verify_value
from signing.certificates import read_certificate
from signing.errors import UnreadableSignature
from signing.verdict_vocabulary import Indication, SubIndication
from signing.xmldsig.canonical_forms import CanonicalForm, parse, write_document, write_element
from signing.xmldsig.reading import read_xml

VECTORS = Path(__file__).parent / "vectors"
AROUND = (
    '<a xmlns="urn:a" xmlns:p="urn:p" xml:lang="vi" xml:id="one" xml:base="http://a.vn/x/">'
    '<b xmlns="" xml:base="y/"><c p:q="1" r="&#10;"><d xmlns="urn:d"></d></c></b></a>'
)
WRITTEN = '<c{} r="&#xA;"{} p:q="1"><d xmlns="urn:d"></d></c>'


def written(algorithm, text=AROUND, tag="c", prefixes=()):
    element = next(parse(text.encode()).iter(f"{{*}}{tag}"))
    return write_element(element, CanonicalForm(algorithm, prefixes), with_comments=False).decode()


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        (INCLUSIVE, WRITTEN.format(' xmlns:p="urn:p"', ' xml:base="y/" xml:id="one" xml:lang="vi"')),
        (NEWER, WRITTEN.format(' xmlns:p="urn:p"', ' xml:base="http://a.vn/x/y/" xml:lang="vi"')),
        (EXCLUSIVE, WRITTEN.format(' xmlns:p="urn:p"', "")),
    ],
)
def test_an_element_takes_over_what_its_form_says_it_inherits(algorithm, expected):
    assert written(algorithm) == expected


def test_an_exclusive_form_takes_the_prefixes_it_lists():
    text = '<a xmlns:p="urn:p" xmlns:q="urn:q"><c></c></a>'
    assert written(EXCLUSIVE, text) == "<c></c>"
    assert written(EXCLUSIVE, text, prefixes=("q",)) == '<c xmlns:q="urn:q"></c>'


def test_children_of_an_unprefixed_element_keep_its_namespace():
    # lxml's own writing of an element in its tree says xmlns="" at the innermost one.
    text = f'<a><s xmlns="{DS}"><c><d><e></e></d></c></s></a>'
    assert written(INCLUSIVE, text) == f'<c xmlns="{DS}"><d><e></e></d></c>'


def test_a_document_is_written_with_the_instructions_beside_its_root():
    root = parse(b"<?a b?><!-- c --><r/><?d e?>")
    form = CanonicalForm(INCLUSIVE)
    assert write_document(root, form, with_comments=False) == b"<?a b?>\n<r></r>\n<?d e?>"
    assert write_document(root, form, with_comments=True) == b"<?a b?>\n<!-- c -->\n<r></r>\n<?d e?>"
    assert write_element(root, form, with_comments=False) == b"<r></r>"


@pytest.mark.parametrize(
    ("algorithm", "text"),
    [
        (INCLUSIVE, '<a xmlns="relative"><c/></a>'),
        (NEWER, '<a xml:base="x/"><c xml:base="y/"/></a>'),
        (INCLUSIVE, '<a xmlns="no URI"><c/></a>'),
    ],
)
def test_what_has_no_canonical_form_here_is_said_so(algorithm, text):
    with pytest.raises(UnreadableSignature) as raised:
        written(algorithm, text)
    assert raised.value.params["reason"] == "xml-unsupported"


SHAPES = {
    "no namespace": ("<HDon><TToan>1000</TToan>", "</HDon>"),
    "a default namespace": ('<HDon xmlns="urn:hd"><TToan>1000</TToan>', "</HDon>"),
    "nested deeper": ("<HDon><TToan>1000</TToan><DSCKS><NBan>", "</NBan></DSCKS></HDon>"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("prefix", ["", "ds"])
@pytest.mark.parametrize("form", [INCLUSIVE, NEWER, EXCLUSIVE])
def test_honest_signatures_pass_with_and_without_prefix_in_every_form(shape, prefix, form):
    takes_default = prefix and "xmlns=" in SHAPES[shape][0] and form != EXCLUSIVE
    scope = ' xmlns="urn:hd"' if takes_default else ""
    made = enveloped(*SHAPES[shape], form=form, prefix=prefix, scope=scope)
    assert judge(made).indication is Indication.TOTAL_PASSED
    forged = judge(made.replace(b">1000<", b">9000<"))
    assert forged.sub_indication is SubIndication.HASH_FAILURE


def test_signed_info_inherits_attributes_and_cannot_be_given_others():
    made = enveloped('<a xml:lang="vi"><b>1</b>', "</a>", inherited=' xml:lang="vi"')
    assert judge(made).indication is Indication.TOTAL_PASSED
    assert judge(made.replace(b"<Signature ", b'<Signature xml:lang="en" ')).sub_indication is not None


@pytest.mark.parametrize("file", sorted(VECTORS.glob("java-*.xml")), ids=lambda each: each.stem)
def test_what_java_signed_is_right_and_what_it_inherits_is_signed(file):
    data = file.read_bytes()
    (read,) = read_xml(data).signatures
    key = read_certificate(read.certificates[0]).key
    assert verify_value(key, read.method, read.value, read.signed) is True
    assert (read.digests_right, read.unsigned_rest) == (True, ())
    assert b"http://z/" in data
    (other,) = read_xml(data.replace(b"http://z/", b"http://y/")).signatures
    assert verify_value(key, other.method, other.value, other.signed) is (other.signed == read.signed)
    assert other.digests_right is False
