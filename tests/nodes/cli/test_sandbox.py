"""A hub to try things on: its agencies' tokens, certificates and keys are printed and kept."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import httpx
import pytest
from support.hub import running_hub
from support.waiting import GUARD_SECONDS

from nodes.cli import main
from nodes.cli import sandbox as command
from nodes.replay import posts_of

CODES = ["000.00.00.H62", "000.00.00.H23", "000.00.00.G22"]


@pytest.fixture
def started(tmp_path, database_url, monkeypatch):
    """Have the command use a hub of the tests, and end once it has told everything; what it asked for."""
    asked = []
    with running_hub(tmp_path, database_url) as hub:
        token = (hub.folder / "sandbox-token").read_text().strip()

        @contextmanager
        def running(directory, **options):
            asked.append((directory, options))
            yield SimpleNamespace(url=hub.url, sandbox_url=hub.sandbox_url, sandbox_token=lambda: token)

        monkeypatch.setattr(command.hubs, "running", running)
        monkeypatch.setattr(command, "wait_for_interrupt", lambda _: None)
        yield asked


@pytest.mark.stores("sqlite")
def test_tokens_and_certificates_are_told_and_kept_with_their_keys_and_a_second_start_goes_on(
    started, tmp_path, capsys
):
    folder = tmp_path / "sandbox"
    options = ["sandbox", "--directory", str(folder), "--host", "0.0.0.0", "--public-url", "http://hub:8000"]
    assert main([*options, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main(options) == 0
    told = capsys.readouterr().out
    assert (
        started
        == [
            (
                folder,
                {
                    "settings": {"AXIS_PUBLIC_URL": "http://hub:8000"},
                    "host": "0.0.0.0",
                    "ports": (8000, 8001),
                },
            )
        ]
        * 2
    )
    posts = posts_of(folder / "agencies", CODES)  # as `nodes replay --keys` reads them
    for code, post in posts.items():
        assert f"{post.token}  {post.office.agency.name}" in told
        own = folder / "agencies" / code.rpartition(".")[2]
        assert (own / "organisation.pem").read_text().strip() in told
        assert [file.stat().st_mode & 0o777 for file in own.iterdir()] == [0o600] * 5
        public = post.office.organisation.key.public_key()
        assert public == post.office.organisation.certificate.public_key()
        asked = httpx.get(
            f"{first['hub']}/v1/inbox",
            headers={"Authorization": f"Bearer {post.token}"},
            trust_env=False,
            timeout=GUARD_SECONDS,
        )
        assert asked.status_code == 200
    assert (folder / "agencies" / "auditor" / "token").read_text().startswith("axis_")
    assert "PRIVATE KEY" not in told


def test_a_code_that_nobody_has_is_told_before_anything_starts(capsys):
    assert main(["sandbox", "--agencies", "H62,H99"]) == 2
    assert "H99" in capsys.readouterr().err
