"""`axis serve`: ports that cannot be had are refused at once, and those that were had are told."""

import json
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from support.environment import inherited
from support.waiting import GUARD_SECONDS, wait_until

from axis.cli import main


def test_a_port_that_cannot_be_had_is_refused_before_the_store_is_touched(axis, environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} of 127.0.0.1" in axis("serve", "--port", port, status=2)
        assert port in axis("serve", "--port", "0", "--sandbox-port", port, status=2)
    with pytest.raises(SystemExit, match="2"):
        main(("serve", "--port", "99999"))
    assert not (environment / "data").exists()


def test_which_port_is_which_is_told_in_a_file_once_both_are_listened_on(tmp_path):
    told = tmp_path / "ports.json"
    told.write_text("of an earlier run")
    command = ["serve", "--port", "0", "--sandbox-port", "0", "--ports-file", str(told)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "axis", *command],
            env=inherited() | {"AXIS_DATABASE_URL": f"sqlite:///{tmp_path}/axis.db"},
            cwd=tmp_path,
            stderr=log,
        )
    try:
        wait_until(lambda: told.exists() and told.read_text().startswith("{"), "the ports to be told")
        ports = json.loads(told.read_text())
        assert set(ports) == {"public", "sandbox"}
        public, sandbox = (f"http://127.0.0.1:{ports[name]['port']}" for name in ("public", "sandbox"))
        get = httpx.Client(trust_env=False, timeout=GUARD_SECONDS)
        with get:
            assert get.get(f"{public}/readyz").status_code == 200
            assert get.get(f"{sandbox}/readyz").status_code == 404
            assert get.get(f"{sandbox}/sandbox/clock").status_code == 401
        lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
        logged = {line["listener"]: line["port"] for line in lines if line["message"] == "listening"}
        assert logged == {name: ports[name]["port"] for name in ports}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(GUARD_SECONDS) == 0
    assert [path.name for path in tmp_path.glob("*ports.json*")] == ["ports.json"]


def test_a_ports_file_that_cannot_be_written_ends_the_hub(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "axis", "serve", "--port", "0", "--ports-file", "nowhere/ports.json"],
        env=inherited() | {"AXIS_DATABASE_URL": f"sqlite:///{tmp_path}/axis.db"},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
    )
    assert done.returncode == 2, done.stderr
    assert "cannot write nowhere/ports.json: No such file or directory" in done.stderr
