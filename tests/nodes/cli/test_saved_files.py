"""Files are saved under names that fit, and one that cannot be saved stops no other."""

import pytest

from nodes.cli.saved_files import MAX_NAME_BYTES, is_saved, plain_name


@pytest.mark.parametrize(
    ("name", "plain"), [("../a\\b:c.pdf", ".._a_b_c.pdf"), ("Quốc hội.pdf", "Quốc hội.pdf"), ("a\nb", "a_b")]
)
def test_a_name_chooses_no_folder(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_long_name_keeps_its_ending_and_whole_letters() -> None:
    short = plain_name("ế" * 200 + ".pdf")
    assert len(short.encode()) <= MAX_NAME_BYTES
    assert short.endswith("…" + ".pdf")
    assert set(short.removesuffix("….pdf")) == {"ế"}
    assert plain_name("a" * 300 + "." + "b" * 30).endswith("…")


def test_what_cannot_be_saved_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def full() -> None:
        raise OSError("no room")

    assert not is_saved("a.pdf", full)
    assert "a.pdf was not saved: no room" in capsys.readouterr().err
    assert is_saved("b.pdf", lambda: None)
