"""`axis ready`: a hub that does not answer is waited for as long as was asked."""

import json
import socket

import pytest

from axis.cli import main

pytestmark = pytest.mark.usefixtures("environment")


def test_a_hub_that_is_not_there_is_told_in_json_and_waited_for_a_number_of_seconds(capsys):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert main(("ready", "--url", url, "--wait", "0.1", "--json")) == 1
    assert not json.loads(capsys.readouterr().out)["ready"]
    for text in ("nan", "inf", "-1", "soon"):
        with pytest.raises(SystemExit, match="2"):
            main(("ready", "--url", url, "--wait", text))
