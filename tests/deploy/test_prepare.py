"""What compose.yaml prepares is there, on PostgreSQL, and preparing again changes nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support import project
from support.hub import HubProcess
from support.postgres import fresh_database
from support.waiting import GUARD_SECONDS

PREPARE = project.ROOT / "deploy/prepare"
COMMANDS = Path(sys.executable).parent


@dataclass(frozen=True)
class Prepared:
    """What one preparation made: preparing takes a command for each agency and key."""

    url: str
    folder: Path
    files: dict[str, bytes]

    def copied(self, folder: Path) -> dict[str, bytes]:
        """Put its files into a folder of a test's own, and return them."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return self.files


@pytest.fixture(scope="module")
def prepared(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("prepared")
    with fresh_database(postgres_server) as url:
        yield Prepared(url, folder, prepare(folder, url))


def prepare(folder: Path, url: str, *, begin_anew: bool = False) -> dict[str, bytes]:
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
            "AXIS_PUBLIC_URL": "http://hub:8000",
            "BEGIN_ANEW": "true" if begin_anew else "false",
        },
        check=True,
        capture_output=True,
    )
    return kept(folder)


def kept(folder: Path) -> dict[str, bytes]:
    """Every file there is."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.slow
def test_keys_tokens_and_certificates_are_made_once(prepared: Prepared, tmp_path: Path) -> None:
    made = prepared.copied(tmp_path)
    provinces = {f"agencies/{code}" for code in ("G22", "H02", "H23", "H62")}
    assert {
        f"{province}/{name}" for province in provinces for name in ("token", "cert.pem", "key.pem")
    } <= set(made)
    assert all(made[f"{province}/token"].startswith(b"axis_") for province in provinces)
    secrets = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in {"", ".key"}]
    assert {oct(path.stat().st_mode & 0o077) for path in secrets} == {"0o0"}
    assert made["agencies/auditor/token"].startswith(b"axis_")
    assert prepare(tmp_path, prepared.url, begin_anew=True) == made


@pytest.mark.slow
def test_a_removed_database_is_made_anew_only_where_that_is_asked(
    prepared: Prepared, postgres_server, tmp_path
) -> None:
    before = prepared.copied(tmp_path)
    with fresh_database(postgres_server) as removed:
        with pytest.raises(subprocess.CalledProcessError) as refused:
            prepare(tmp_path, removed)
        assert refused.value.returncode == 2
        assert b"the database is empty, and the keys" in refused.value.stderr
        assert kept(tmp_path) == before
        after = prepare(tmp_path, removed, begin_anew=True)
        now = {name for name in after if "/before-" not in name}
        assert now == before.keys()
        changed = {name for name in now if after[name] != before[name]}
        assert changed == {name for name in now if not name.endswith("authority-made")}
        aside = {name: content for name, content in after.items() if "/before-" in name}
        assert sorted(aside.values()) == sorted(before.values())
        told = subprocess.run(
            ["openssl", "x509", "-noout", "-text", "-in", tmp_path / "agencies/H62/cert.pem"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert "URI:http://hub:8000/v1/crl/issuing.crl" in told, "other containers can reach it"


def test_each_province_of_the_compose_file_is_prepared() -> None:
    compose = (project.ROOT / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r'"--token-file", "/agencies/(\w+)/token"', compose))
    prepared = set(re.findall(r"^(H\d\d) ", PREPARE.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(asked) == 4
    assert {code for code in asked if code != "G22"} == prepared
    assert "\nG22 " in PREPARE.read_text(encoding="utf-8")


def test_compose_file_has_a_sandbox_with_office_and_traffic_apart_from_the_rest() -> None:
    compose = (project.ROOT / "compose.yaml").read_text(encoding="utf-8")
    _, *parts = re.split(
        r"^  ([\w-]+):(?: +#.*)?$", compose.partition("\nservices:\n")[2], flags=re.MULTILINE
    )
    services = dict(zip(parts[::2], parts[1::2], strict=False))
    assert {name for name, text in services.items() if "profiles: [sandbox]" in text} == {
        "g22",
        "h62-pages",
        "traffic",
    }
    mounted = re.findall(r"- \./(\S+?):", compose)
    assert mounted == ["deploy/prepare", "deploy/traffic"]
    assert all(os.access(project.ROOT / each, os.X_OK) for each in mounted)
    assert "AXIS_PUBLIC_URL: ${AXIS_PUBLIC_URL:-http://hub:8000}" in compose
    assert all("<<: *store" in services[asked] for asked in ("prepare", "hub"))


@pytest.mark.slow
def test_traffic_reaches_the_government_office_two_of_three_signed(
    prepared: Prepared, tmp_path: Path
) -> None:
    prepared.copied(tmp_path)
    hub = HubProcess(tmp_path / "keys", prepared.url, sandbox=False)
    hub.settings["AXIS_PUBLIC_URL"] = "http://hub:8000"
    try:
        hub.start()
        subprocess.run(
            [project.ROOT / "deploy/traffic"],
            env={
                "PATH": f"{COMMANDS}:{os.environ['PATH']}",
                "HUB": hub.url,
                "AGENCIES": str(tmp_path / "agencies"),
                "EVERY_SECONDS": "0",
                "DOCUMENTS": "3",
            },
            check=True,
            capture_output=True,
        )
        token = (tmp_path / "agencies/auditor/token").read_text(encoding="utf-8").strip()
        figures = httpx.get(
            f"{hub.url}/v1/statistics/signatures?recipient=G22",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        ).json()
    finally:
        hub.stop()
    assert [(item["sent"], item["signed"]) for item in figures["items"]] == [(3, 2)], figures
