"""`axis serve`: ports that cannot be had are refused at once."""

import socket

import pytest

from axis.cli import main


def test_a_port_that_cannot_be_had_is_refused_before_the_store_is_touched(axis, environment):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"port {port} of 127.0.0.1" in axis("serve", "--port", port, status=2)
        assert port in axis("serve", "--port", "0", "--sandbox-port", port, status=2)
    with pytest.raises(SystemExit, match="2"):
        main(("serve", "--port", "99999"))
    assert not (environment / "data").exists()
