"""What a run checks of its hubs before it moves a clock or sends a document: their version and their sandbox.

Whether a hub holds other traffic of the period is seen by `nodes.other_traffic`.
"""

from importlib.metadata import version
from typing import Final

from nodes.client import Client
from nodes.errors import NodesError, ProblemError
from nodes.stage import Site

SOFTWARE: Final = "axis-exchange"
_UNAUTHENTICATED: Final = 401


class HubUnfit(NodesError):
    """A hub cannot have a run; its text says what was found, what was expected, and what helps."""


def check_site(site: Site) -> None:
    """See that a hub speaks our version and has a sandbox.

    Raises:
        HubUnfit: when it does not.
        TransportError: when it does not answer.

    """
    with Client(site.hub, None) as client:
        told = _asked(client, "/version", f"{site.hub}: found no hub, expected one of {SOFTWARE}: mend --hub")
    found, ours = told.get("version"), version(SOFTWARE)
    if told.get("name") != SOFTWARE:
        raise HubUnfit(f"{site.hub}: found {told.get('name')!r}, expected a hub of {SOFTWARE}: mend --hub")
    if release(str(found)) != release(ours):
        raise HubUnfit(
            f"{site.hub}: found a hub of version {found}, expected {ours}, as these agencies speak: "
            "use the `nodes` of the hub's version, or replay a record of the run there (nodes replay)"
        )
    _asked(
        site.sandbox,
        "/sandbox/clock",
        "found no sandbox at the address of --sandbox, expected the sandbox's listener of the hub: start "
        "it with `axis serve --sandbox-port PORT`; a hub without one takes records (nodes replay --keys)",
    )


def release(text: str) -> list[str]:
    """Return what must be equal of two versions that speak to each other."""
    return text.split(".")[:2]


def _asked(client: Client, path: str, otherwise: str) -> dict[str, object]:
    """Ask for a JSON object; raises `HubUnfit` where something else is there."""
    try:
        told = client.call("GET", path)
    except ProblemError as error:
        if error.status == _UNAUTHENTICATED:
            raise HubUnfit(
                "the sandbox does not know the token of --sandbox-token-file, expected the one in the hub's "
                "file `sandbox-token`, which is another after each start"
            ) from error
        raise HubUnfit(otherwise) from error
    if not isinstance(told, dict):
        raise HubUnfit(otherwise)
    return told
