"""What compose.yaml prepares is there, on PostgreSQL, and preparing again changes nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import tree
from support.postgres import fresh_database

PREPARE = tree.ROOT / "deploy/prepare"
COMMANDS = Path(sys.executable).parent


@pytest.fixture
def store(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


def prepare(folder: Path, url: str) -> dict[str, bytes]:
    """Run it as the container does; return every file it keeps."""
    for name in ("keys", "agencies"):
        (folder / name).mkdir(exist_ok=True)
    subprocess.run(
        [PREPARE],
        cwd=folder,
        env={
            "PATH": f"{COMMANDS}:{os.environ['PATH']}",
            "KEYS": str(folder / "keys"),
            "AGENCIES": str(folder / "agencies"),
            "AXIS_DATABASE_URL": url,
        },
        check=True,
        capture_output=True,
    )
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.slow
def test_keys_tokens_and_certificates_are_made_once(store: str, tmp_path: Path) -> None:
    made = prepare(tmp_path, store)
    provinces = {f"agencies/{code}" for code in ("H02", "H23", "H62")}
    assert {
        f"{province}/{name}" for province in provinces for name in ("token", "cert.pem", "key.pem")
    } <= set(made)
    assert all(made[f"{province}/token"].startswith(b"axis_") for province in provinces)
    secrets = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in {"", ".key"}]
    assert {oct(path.stat().st_mode & 0o077) for path in secrets} == {"0o0"}
    assert prepare(tmp_path, store) == made


def test_each_province_of_the_compose_file_is_prepared() -> None:
    compose = (tree.ROOT / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r'"--token-file", "/agencies/(\w+)/token"', compose))
    prepared = set(re.findall(r"^(H\d\d) ", PREPARE.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(asked) == 3
    assert asked == prepared
