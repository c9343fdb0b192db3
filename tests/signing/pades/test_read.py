"""Files that viewers open are read as they do: what a strict reader refuses is no forgery."""

from functools import partial

import pytest
from support import pdfs

from signing.file_kinds import HEAD_BYTES, FileKind, holds_marks, kinds_of
from signing.pades import PdfSignatures, make, read_pdf
from signing.pades.budget import BudgetReader
from signing.verdict import Indication

OBJECTS = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    4: pdfs.stream(b"BT ET"),
}
LISTS = {
    "as it should be": {},
    "bytes after the last entry": {"data": lambda data: data + bytes(8)},
    "one byte too few": {"data": lambda data: data[:-1]},
    "a size too small": {"size": 5, "more": b"/Index[0 6]"},
    "a size too large": {"size": 600, "more": b"/Index[0 6]"},
    "a size without entries for it": {"size": 9},
    "named one byte before": {"shift": -1},
    "named one byte behind": {"shift": 1},
    "named some bytes before": {"shift": -3},
    "no type": {"kind": b""},
    "sections out of order": {"data": lambda data: data[4:] + data[:4], "more": b"/Index[1 5 0 1]"},
    "an entry twice": {"data": lambda data: data + data[-4:], "more": b"/Index[0 6 5 1]"},
}
ENCRYPTION = b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"00" * 32)
STRICT = {"as it should be", "a size too small", "a size too large", "named one byte before"}
UNREAD = {"no type", "sections out of order", "an entry twice"}


def listed(data=lambda data: data, size=6, more=b"", shift=0, kind=b"/Type/XRef"):
    """A file whose list of objects is a stream, with oddities as one likes."""
    out = bytearray(b"%PDF-1.7\n")
    rows = [(0, 0, 255)]
    for number, value in OBJECTS.items():
        rows.append((1, len(out), 0))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(out)
    rows.append((1, start, 0))
    entries = data(b"".join(bytes((a, *b.to_bytes(2, "big"), c)) for a, b, c in rows))
    out += b"5 0 obj\n<<%s/Size %d/W[1 2 1]/Root 1 0 R/Length %d%s>>stream\n%s\nendstream\nendobj\n" % (
        kind,
        size,
        len(entries),
        more,
        entries,
    )
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % (start + shift)


@pytest.fixture
def lenient(monkeypatch):
    """Sign what our own signing would refuse, as other programs do."""
    monkeypatch.setattr(make, "BudgetReader", partial(BudgetReader, is_strict=False))


@pytest.mark.usefixtures("lenient")
@pytest.mark.parametrize("name", sorted(LISTS.keys() - UNREAD))
def test_a_signature_over_a_whole_file_with_an_odd_list_passes(name):
    signed = pdfs.sign(listed(**LISTS[name]))
    assert pdfs.words(signed) == ["passed"]
    both = pdfs.sign(signed, "organisation")
    # Where a strict reader fails, what was added cannot be compared for certain.
    assert pdfs.words(both) == (["passed", "passed"] if name in STRICT else ["GENERIC", "passed"])
    altered = pdfs.append(both, {4: pdfs.stream(b"BT (9.999.999) Tj ET")})
    assert not {"passed"} & set(pdfs.words(altered))
    assert pdfs.words(signed.replace(b"BT ET", b"BT EX")) == ["HASH_FAILURE"]


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_a_signed_file_that_cannot_be_read_is_left_open(name):
    data = listed(**LISTS[name]) + b"%/ByteRange [0 1 2 3]\n" + listed()[-30:]
    assert all(verdict.indication is Indication.INDETERMINATE for verdict in pdfs.judge(data))


def test_a_signature_that_no_field_shows_is_left_open():
    """It may stand in a file that this one encloses."""
    enclosing = pdfs.append(pdfs.sample(), {90: pdfs.stream(pdfs.signed_by_person())})
    (verdict,) = pdfs.judge(enclosing)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC")


def test_a_field_filled_in_with_a_reference_to_nothing_is_empty():
    fields = b"/AcroForm<</SigFlags 3/Fields[90 0 R]>>"
    field = b"<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]/FT/Sig/T(S)/V 99 0 R/P 3 0 R>>"
    data = pdfs.append(pdfs.sample(), {1: b"<</Type/Catalog/Pages 2 0 R%s>>" % fields, 90: field})
    assert read_pdf(data) == PdfSignatures()
    assert pdfs.words(pdfs.sign(data)) == ["passed"]


@pytest.mark.parametrize("place", [b"91 0 R", ENCRYPTION], ids=["of its own", "in the trailer"])
def test_an_encrypted_file_is_said_to_be(place):
    more = b"/Encrypt %s/ID[<00><00>]" % place
    (verdict,) = pdfs.judge(pdfs.append(pdfs.signed_by_person(), {91: ENCRYPTION}, more))
    assert verdict.sub_indication == "GENERIC"
    assert "encrypted" in verdict.to_json("en")["sentence"]
    assert "mã hóa" in verdict.to_json("vi")["sentence"]


@pytest.mark.parametrize(
    "data",
    [
        pdfs.append(pdfs.sample(), {91: ENCRYPTION}, b"/Encrypt 91 0 R/ID[<00><00>]"),
        listed(more=b"/ID[<00><00>]/Encrypt %s" % ENCRYPTION),
        listed(more=b"/ID[<00><00>]/#45ncrypt %s" % ENCRYPTION),
    ],
    ids=["trailer", "stream", "letter by number"],
)
def test_an_encrypted_file_is_said_to_be_where_nothing_in_clear_tells_of_a_signature(data):
    assert b"/Sig" not in data
    (verdict,) = pdfs.judge(data)
    assert (verdict.indication, verdict.sub_indication) == ("INDETERMINATE", "GENERIC")
    assert "encrypted" in verdict.to_json("en")["sentence"]
    assert kinds_of(data[:HEAD_BYTES]) == (FileKind.PDF,)
    assert holds_marks(FileKind.PDF, data)


@pytest.mark.parametrize("how", [b"<</Filter/FOPN_fLock>>", b"<</Filter/Standard/V 99>>", b"(x)", b"98 0 R"])
def test_however_a_file_is_encrypted_it_is_said_to_be(how):
    (verdict,) = pdfs.judge(pdfs.append(pdfs.sample(), {91: b"null"}, b"/Encrypt %s/ID[<00><00>]" % how))
    assert dict(verdict.params)["reason"] == "pdf-encrypted"


def test_a_broken_file_that_says_it_is_encrypted_is_left_open():
    encrypted = pdfs.append(pdfs.sample(), {91: ENCRYPTION}, b"/Encrypt 91 0 R/ID[<00><00>]")
    (verdict,) = pdfs.judge(encrypted.replace(b"startxref", b"startxxxx"))
    assert dict(verdict.params)["reason"] == "pdf-unreadable"


def test_names_with_letters_by_number_are_the_same_names():
    signed = pdfs.signed_by_person()
    spelled = signed.replace(b"/ByteRange", b"/Byte#52ange").replace(b"/Sig", b"/S#69g")
    assert pdfs.words(spelled.replace(b"/S#69g", b"/Sig")) == ["HASH_FAILURE"]
    assert holds_marks(FileKind.PDF, spelled)
    assert len(pdfs.judge(spelled)) == 1
