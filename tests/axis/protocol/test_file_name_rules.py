"""File names of attachments: hostile ones are refused by name."""

import pytest

from axis.protocol.file_name_rules import name_fault
from axis.protocol.refused_characters import printable
from axis.protocol.text_normalisation import nfc


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "123-UBND-VX.pdf",
        "Quyết định số 5 (bản chính).pdf",
        ".hidden",
        "...",
        "a..b",
        "ế" * 85,
        "x" * 255,
    ],
)
def test_a_plain_name_is_good(name):
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "not blank"),
        ("  ", "not blank"),
        (".", "not blank, . or .."),
        ("..", "not blank, . or .."),
        ("../etc/passwd", "without a path"),
        ("/etc/passwd", "without a path"),
        ("..\\x", "without a path"),
        ("C:\\x.pdf", "without a path"),
        ("a\0b", "control characters"),
        ("a\nb", "control characters"),
        ("a\x85b", "control characters"),
        ("a\ud800b", "control characters"),
        ("ho\u202efdp.exe", "direction of writing"),
        ("ho\u2066fdp.exe", "direction of writing"),
        ("a\u200bb", "invisible"),
        ("\ufeffa", "invisible"),
        ("x" * 256, "255 bytes"),
        ("ế" * 86, "255 bytes"),
        ("y" * 1000, "255 bytes"),
    ],
)
def test_a_hostile_name_is_refused_with_the_rule(name, expected):
    assert expected in name_fault(name)


def test_nfc_makes_two_ways_of_writing_one():
    assert nfc("e\u0302\u0301") == nfc("ế") == "ế"
    assert nfc("plain") == "plain"


def test_what_does_not_print_is_escaped():
    assert printable("a\n\u202e\ud800ế") == "a\\u000a\\u202e\\ud800ế"
