"""Reading which agencies have issued a regulation."""

from pathlib import Path

import pytest

from axis.compliance.reports.regulations import MOST_BYTES, read_regulations
from axis.protocol.errors import QueryInvalid


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "regulations.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_codes_of_both_forms_and_empty_regulations_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffagency,regulation\r\nH62,QĐ 12/2019\r\n\r\n000.00.00.H23,\r\n")
    assert read_regulations(path) == {"000.00.00.H62": "QĐ 12/2019", "000.00.00.H23": ""}


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        ("", ["regulations:1"]),
        ("code,regulation\nH62,x\n", ["regulations:1"]),
        (
            "agency,regulation\nnowhere!,x\nH62\nH62,a\nH62,b\nH23,a\x07b\n",
            [f"regulations:{n}" for n in (2, 3, 5, 6)],
        ),
        (b"agency,regulation\nH62,\xff\n", ["regulations"]),
        ("agency,regulation\n" + "x" * MOST_BYTES, ["regulations"]),
        ("agency,regulation\nH62," + "x" * 201, ["regulations:2"]),
    ],
)
def test_everything_that_is_wrong_is_named(tmp_path: Path, content: str | bytes, pointers: list[str]) -> None:
    with pytest.raises(QueryInvalid) as refused:
        read_regulations(written(tmp_path, content))
    assert [place.pointer for place in refused.value.places] == pointers
