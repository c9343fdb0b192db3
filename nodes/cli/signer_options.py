"""Shared by `send` and `serve`: options that name a person's and an organisation's certificates and keys."""

import argparse
from pathlib import Path

from nodes.cli.common import UsageError, read_file
from nodes.document_writer import Identity
from signing.certificates import load_certificates
from signing.errors import SigningError
from signing.keys import from_pem


def add_signers(command: argparse.ArgumentParser) -> None:
    """Add the options."""
    for who in ("organisation", "person"):
        command.add_argument(
            f"--{who}-certificate", type=Path, metavar="FILE", help=f"the {who}'s certificate, PEM"
        )
        command.add_argument(f"--{who}-key", type=Path, metavar="FILE", help=f"the {who}'s private key, PEM")


def identity(arguments: argparse.Namespace, who: str) -> Identity | None:
    """Read who signs, None where no files were named; raises `UsageError`."""
    certificate, key = getattr(arguments, f"{who}_certificate"), getattr(arguments, f"{who}_key")
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError(f"--{who}-certificate and --{who}-key belong together")
    try:
        first, *issuers = load_certificates(read_file(certificate))
        return Identity(first, from_pem(read_file(key)), tuple(issuers))
    except SigningError as error:
        raise UsageError(f"{certificate}, {key}: {error}") from error
