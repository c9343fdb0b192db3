"""What was typed becomes a manifest, and the same letter again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.protocol.manifest import parse_manifest
from axis.protocol.text_normalisation import nfc
from axis.web.file_forms import FileForm
from axis.web.letters import Letter, LetterFile, LetterReference

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20).map(lambda text: nfc(text).strip())
FILE = LetterFile("a.pdf", "application/pdf", 3, "0" * 64)


@given(
    subject=WORDS,
    number=WORDS,
    names=st.tuples(WORDS, WORDS),
    references=st.lists(st.builds(LetterReference, WORDS, WORDS, WORDS), max_size=3),
)
def test_a_letter_is_read_from_its_manifest_as_it_was(subject, number, names, references):
    letter = Letter(
        "000.00.00.H24",
        to=("000.00.00.G22",),
        number=number,
        subject=subject,
        signer_name=names[0],
        signer_position=names[1],
        refers_to=tuple(references),
        files=(FILE,),
    )
    assert Letter.from_members(json.loads(letter.manifest())) == letter


def test_a_letter_of_a_form_has_each_recipient_once_its_main_file_first_and_nothing_empty():
    other = LetterFile("b.pdf", "application/pdf", 4, "1" * 64)
    form = FileForm(
        [
            *(("to", code) for code in ("H26", "000.00.00.H26", "")),
            ("codes", "G22, H24;H26"),
            ("number", " 1/UBND "),
            ("issued_on", "2019-06-03"),
            ("type", "cong-van"),
            ("subject", "V/v"),
            ("priority", "normal"),
            ("action", "new"),
            *(("file", each.written) for each in (FILE, other)),
            ("file", "{"),
            ("file", '{"name": 1, "media_type": "", "size": "", "sha256": ""}'),
            ("main", "b.pdf"),
            *(("reference_number", value) for value in ("7/X", "")),
            *(("reference_from", value) for value in ("", "")),
        ]
    )
    letter = Letter.from_form(form, "H24")
    manifest = parse_manifest(Letter.from_form(FileForm(form.fields[:-4]), "H24").manifest())
    assert manifest.to == ("000.00.00.H26", "000.00.00.G22", "000.00.00.H24")
    assert [each.name for each in manifest.attachments] == ["b.pdf", "a.pdf"]
    assert (manifest.number, manifest.signer, manifest.due_on) == ("1/UBND", None, None)
    assert letter.refers_to == (LetterReference("", "7/X", ""),)


@pytest.mark.parametrize("value", [None, [], {"to": 1, "attachments": {}, "signer": [], "refers_to": [1]}])
def test_members_of_no_form_of_ours_make_an_empty_letter(value):
    letter = Letter.from_members(value)
    assert (letter.to, letter.files, letter.number) == ((), (), "")
