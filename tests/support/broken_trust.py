"""Broken trust material, each item in its own way; and odd material that is whole: in Latin-1, or in PEM."""

import base64
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from support import pki

from signing.certificate_subjects import authority_subject
from signing.certificates import to_der, to_pem

_LATIN1 = """
[req]
string_mask = MASK:4
distinguished_name = name
prompt = no
[name]
CN = CA Phú
"""

_AUTHORITY = """
[ca]
default_ca = own
[own]
database = index
certificate = teletex.crt
private_key = teletex.key
default_md = sha256
default_crl_days = 30
"""


def latin1_root(folder: Path) -> bytes:
    """A root, in PEM, as openssl makes it where names are TeletexString: their bytes are Latin-1."""
    (folder / "name.cnf").write_text(_LATIN1, encoding="utf-8")
    pki.openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8",
        "-config", "name.cnf", "-keyout", "teletex.key", "-out", "teletex.crt",
    )  # fmt: skip
    return (folder / "teletex.crt").read_bytes()


def latin1_list(folder: Path) -> bytes:
    """An empty list by `latin1_root`, which has to be made in the folder first. DER."""
    (folder / "index").write_bytes(b"")
    (folder / "ca.cnf").write_text(_AUTHORITY, encoding="utf-8")
    pki.openssl(folder, "ca", "-gencrl", "-config", "ca.cnf", "-out", "teletex-list.pem")
    pki.openssl(folder, "crl", "-in", "teletex-list.pem", "-outform", "DER", "-out", "teletex-list.der")
    return (folder / "teletex-list.der").read_bytes()


def with_extension(oid: str, value: bytes) -> x509.Certificate:
    """An issuing authority's certificate that also has this extension, whatever its bytes are."""
    root = pki.root()
    extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value)
    builder = (
        x509.CertificateBuilder()
        .subject_name(authority_subject("Lazy", "X"))
        .issuer_name(root.certificate.subject)
        .public_key(pki.key("lazy").public_key())
        .serial_number(99)
        .not_valid_before(pki.BEGIN)
        .not_valid_after(pki.END)
        .add_extension(extension, critical=False)
    )
    return builder.sign(root.key, hashes.SHA256())


def cut(pem: bytes) -> bytes:
    """The beginning of a PEM text, as of a file that is being written."""
    return pem[: len(pem) // 2]


def pem_of(der: bytes) -> bytes:
    """Any bytes under a certificate's PEM label."""
    good = to_pem(pki.root().certificate)
    body = base64.encodebytes(der)
    return good.splitlines()[0] + b"\n" + body + good.splitlines()[-1] + b"\n"


def unreadable_name() -> bytes:
    """A root whose name is no name: its DER is whole, and the library trips only over what is inside."""
    der = to_der(pki.root().certificate)
    name = pki.root().certificate.subject.public_bytes()
    return der.replace(name, bytes([name[0], name[1]]) + b"\x30" + name[3:])


def list_in_pem(der: bytes) -> bytes:
    """A list in PEM."""
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
