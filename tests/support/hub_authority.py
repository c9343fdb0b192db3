"""The certificates of a hub's own authority, from its store, and as a trust folder."""

from cryptography import x509

from axis.authority import queries
from axis.authority.stored_authorities import ISSUING, ROOT
from signing.certificates import to_pem


def certificates(database) -> dict[str, x509.Certificate]:
    """The certificates of the authority, root and issuing, by name."""
    with database.read() as tx:
        found = queries.authority_certificates(tx)
    return {name: x509.load_der_x509_certificate(der) for name, der in found.items()}


def write_trust(database, folder):
    """Write both into a folder of trust."""
    known = certificates(database)
    (folder / "root.pem").write_bytes(to_pem(known[ROOT]))
    (folder / "issuing.pem").write_bytes(to_pem(known[ISSUING]))
