"""Files at hand are compared with those that a manifest names; none is left out."""

import unicodedata

from signing.attached_files import AttachedFile, FileFacts, compare

LETTER = FileFacts("thư.pdf", 3, "a" * 64)
ANNEX = FileFacts("b.txt", 5, "b" * 64)


def test_each_file_is_told_once_in_the_manifests_order():
    other = FileFacts("c.txt", 1, "c" * 64)
    assert compare([LETTER, ANNEX], [other, LETTER]) == (
        AttachedFile("thư.pdf", "same"),
        AttachedFile("b.txt", "not-given"),
        AttachedFile("c.txt", "not-named"),
    )


def test_size_and_digest_both_count():
    for given in (LETTER._replace(size=4), LETTER._replace(sha256="c" * 64)):
        assert compare([LETTER], [given]) == (AttachedFile("thư.pdf", "altered"),)


def test_two_files_of_one_name_are_both_compared():
    given = [LETTER, LETTER._replace(sha256="c" * 64)]
    assert [each.outcome for each in compare([LETTER], given)] == ["same", "altered"]


def test_names_are_compared_in_one_unicode_form():
    given = LETTER._replace(name=unicodedata.normalize("NFD", LETTER.name))
    assert compare([LETTER], [given]) == (AttachedFile("thư.pdf", "same"),)
