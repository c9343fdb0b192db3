"""`nodes serve --port`: the pages of one agency's system, served until stopped."""

import argparse
import socket
import sys
from datetime import UTC, datetime

import uvicorn
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import NameOID

from nodes.cli.common import DONE, UsageError, hub_client
from nodes.cli.signer_options import identity
from nodes.client import Client
from nodes.document_writer import Identity, Office
from nodes.face.app import LOOPBACK, Face
from nodes.face.registers import agency_of
from nodes.invented_texts import Signer


def serve_pages(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; raises `NodesError` where the token is not the agency's."""
    if arguments.agency is None:
        raise UsageError("--port needs --agency: whose pages they are")
    with hub_client(arguments) as client:
        face = Face(client, _office(arguments, client), arguments.hub, lambda: datetime.now(UTC))
        hosts = LOOPBACK if arguments.host in LOOPBACK else ("*",)
        config = uvicorn.Config(face.app(hosts), log_level="warning", lifespan="off", access_log=False)
        with listen_on(arguments.host, arguments.port) as listener:
            host, port = listener.getsockname()[:2]
            print(f"{arguments.agency} is served at http://{host}:{port}", file=sys.stderr, flush=True)
            uvicorn.Server(config).run([listener])
    return DONE


def _office(arguments: argparse.Namespace, client: Client) -> Office:
    """Return the agency and who signs for it, as hub and files say; the hub must know the token as its."""
    client.inbox(limit=1, agency=arguments.agency)
    told = client.call("GET", f"/v1/agencies/{arguments.agency}")
    person = identity(arguments, "person")
    return Office(
        agency_of(arguments.agency, told["name"]),
        Signer(_named(person, NameOID.COMMON_NAME), _named(person, NameOID.TITLE)),
        organisation=identity(arguments, "organisation"),
        person=person,
    )


def _named(person: Identity | None, what: ObjectIdentifier) -> str:
    """Return an attribute of the subject of the person's certificate; empty where there is none."""
    attributes = [] if person is None else person.certificate.subject.get_attributes_for_oid(what)
    return str(attributes[0].value) if attributes else ""


def listen_on(host: str, port: int) -> socket.socket:
    """Listen there; raises `UsageError` where that cannot be."""
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise UsageError(f"--host {host} --port {port}: {error}") from error
