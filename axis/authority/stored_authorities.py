"""Opens the hub's own authorities, root and issuing, from the store, with their keys.

They are made by `axis.authority.certificates`.
"""

from cryptography import x509

from axis.authority import queries
from axis.database import Read
from axis.database.secret_key import SecretKey
from signing import keys
from signing.authority import Authority

ROOT, ISSUING = "root", "issuing"
"""The names of the two authorities, as the store and addresses have them."""


class AuthorityError(Exception):
    """The authority cannot do what was asked; the message says why."""


def has_authority(tx: Read) -> bool:
    """Tell whether the store holds an authority of the hub's own."""
    return queries.authority_row(tx, ISSUING) is not None


def open_authority(tx: Read, name: str, secret: SecretKey) -> Authority:
    """Return an authority with its key.

    Raises:
        AuthorityError: when the store has none.
        SecretKeyError: when it was made with another secret key.

    """
    row = queries.authority_row(tx, name)
    if row is None:
        raise AuthorityError("this store has no authority; `axis ca init` makes one")
    key = keys.from_pem(secret.decrypt(row.encrypted_key, f"authority {name}"))
    return Authority(x509.load_der_x509_certificate(row.certificate), key, name)
