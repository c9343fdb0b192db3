"""A file with a secret is made once, whole, and for its owner alone."""

from pathlib import Path

from axis.database.private_files import make_once


def test_the_first_to_make_it_wins_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "secret.key"
    make_once(path, b"first")
    make_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
