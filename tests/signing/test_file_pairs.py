"""A detached signature finds its file by its name, and one without a file is told."""

from hypothesis import given
from hypothesis import strategies as st

from signing.file_pairs import pair, signed_name


def test_a_signature_is_paired_with_the_file_of_its_name():
    pairing = pair(["công văn.pdf", "phụ lục.xlsx", "công văn.pdf.p7s"])
    assert pairing.pairs == (("công văn.pdf", "công văn.pdf.p7s"),)
    assert pairing.encapsulated == pairing.unpaired == ()


def test_the_extension_may_be_written_in_capitals_but_the_name_is_the_name():
    assert pair(["a.pdf", "a.pdf.P7S"]).pairs == (("a.pdf", "a.pdf.P7S"),)
    assert pair(["A.pdf", "a.pdf.p7s"]).unpaired == ("a.pdf.p7s",)


def test_a_signature_without_its_file_is_reported():
    assert pair(["a.p7s", "a.pdf", ".p7s"]).unpaired == ("a.p7s", ".p7s")


def test_a_signature_may_be_signed_itself():
    assert pair(["a", "a.p7s", "a.p7s.p7s"]).pairs == (("a", "a.p7s"), ("a.p7s", "a.p7s.p7s"))


def test_what_carries_its_content_needs_no_other_file():
    assert pair(["a.pdf.p7m", "b.P7M"]).encapsulated == ("a.pdf.p7m", "b.P7M")


def test_a_name_that_only_looks_alike_is_no_signature():
    assert signed_name("p7s") is None
    assert signed_name(".p7s") is None
    assert signed_name("a.p7s.pdf") is None


@given(st.lists(st.text("ab.p7sm", max_size=8), unique=True))
def test_every_detached_signature_is_either_paired_or_reported(names):
    pairing = pair(names)
    signatures = [name for name in names if name.endswith(".p7s")]
    assert sorted([*(name for _, name in pairing.pairs), *pairing.unpaired]) == sorted(signatures)
    assert all(file in names for file, _ in pairing.pairs)
