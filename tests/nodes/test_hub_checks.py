"""A hub that cannot have a run is refused before anything is sent, with what helps."""

from importlib.metadata import version

import httpx
import pytest

from nodes import hub_checks
from nodes.client import Client
from nodes.http_connections import Wire
from nodes.hub_checks import SOFTWARE, HubUnfit, check_site
from nodes.stage import Site


def checked(monkeypatch, told, sandbox):
    """Check a hub that says `told` of its version, and `sandbox`, a status and a body, of its sandbox."""

    def answer(request):
        if request.url.path == "/version":
            return httpx.Response(200, json=told)
        status, body = sandbox
        return httpx.Response(status, json=body)

    def client(hub, token):
        return Client(hub, token, wire=Wire(hub, transport=httpx.MockTransport(answer)))

    monkeypatch.setattr(hub_checks, "Client", client)
    check_site(Site("http://hub.test", client("http://sandbox.test", "sandbox_x")))


OURS = {"name": SOFTWARE, "version": version(SOFTWARE)}
CLOCK = (200, {"at": "2019-06-03T02:00:00Z", "moved": False})


def test_a_sandbox_of_our_version_is_fine(monkeypatch):
    checked(monkeypatch, OURS, CLOCK)


@pytest.mark.parametrize(
    ("told", "sandbox", "said"),
    [
        ({"name": "something"}, CLOCK, "expected a hub of axis-exchange"),
        ([], CLOCK, "found no hub"),
        (OURS | {"version": "9.9.0"}, CLOCK, "found a hub of version 9.9.0.*nodes replay"),
        (OURS, (404, {"code": "not-found"}), "found no sandbox.*--sandbox-port"),
        (OURS, (401, {"code": "not-authenticated"}), "does not know the token"),
    ],
)
def test_what_is_found_expected_and_helps_is_said(monkeypatch, told, sandbox, said):
    with pytest.raises(HubUnfit, match=said):
        checked(monkeypatch, told, sandbox)
