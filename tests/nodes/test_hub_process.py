"""A hub of a run's own: killed before it is ready it is started again; one that fails by itself is not."""

import subprocess
import sys

import pytest
from support.hub import free_port
from support.waiting import GUARD_SECONDS

from nodes import hub_process as hubs
from nodes.errors import HubFailed

READY = """
import http.server, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
FAILED = "raise SystemExit(2)"


@pytest.fixture
def started(monkeypatch):
    """Have hubs be these programs, one after the other, and return what was started."""
    programs, processes = [], []

    def serve(arguments, _environment, directory):
        (directory / "hub.log").write_text("the end of its log")
        port = arguments[arguments.index("--port") + 1]
        command = [sys.executable, "-c", programs[len(processes)], port]
        processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        return processes[-1]

    monkeypatch.setattr(hubs, "_serve", serve)
    yield programs, processes
    for process in processes:
        process.kill()
        process.wait(GUARD_SECONDS)


def test_a_hub_that_is_killed_before_it_is_ready_is_started_again(started, tmp_path):
    programs, processes = started
    programs += [KILLED, KILLED, READY]
    port = free_port()
    with hubs.running(tmp_path, host="0.0.0.0", ports=(port, 1)) as hub:
        assert hub.arguments[1:] == ("--host", "0.0.0.0", "--port", str(port), "--sandbox-port", "1")
        assert hub.url == f"http://127.0.0.1:{port}"
        assert hub.process is processes[2]
        assert hub.process.poll() is None
    assert [process.poll() is not None for process in processes] == [True] * 3


@pytest.mark.parametrize(("program", "starts"), [(FAILED, 1), (KILLED, 5)])
def test_a_hub_that_fails_or_is_killed_again_and_again_is_given_up(started, tmp_path, program, starts):
    programs, processes = started
    programs += [program] * 9
    with pytest.raises(HubFailed, match="the end of its log"), hubs.running(tmp_path):
        pass
    assert len(processes) == starts


def test_a_token_is_waited_for_while_a_hub_starts_again(started, tmp_path):
    programs, _ = started
    programs += [READY]
    with hubs.running(tmp_path) as hub:
        (tmp_path / "sandbox-token").write_text("")
        writing = subprocess.Popen(["/bin/sh", "-c", f"sleep 0.2; echo axis_x > {tmp_path}/sandbox-token"])
        assert hub.sandbox_token() == "axis_x"
        writing.wait(GUARD_SECONDS)
