"""Makes an agency's system of the old protocol: its secret, its row and its queue, in one transaction.

The store keeps the secret encrypted and not as a digest, since HMAC (RFC 2104) needs the secret to check a
call.
"""

import secrets

from axis.agencies import systems
from axis.clock import Microseconds
from axis.database import Write
from axis.database.secret_key import SecretKey
from axis.deliveries.queue_backfill import fill_queue
from axis.ledger.queries import lock_head
from axis.protocol.agency_codes import AgencyCode

SECRET_BYTES = 32


def join(
    tx: Write, key: SecretKey, agency: AgencyCode, *, may_register: bool = False, real_now: Microseconds
) -> str:
    """Give an agency of the directory a system, queue what waits for it, and return the new secret.

    The secret is 256 random bits in hexadecimal, which is safe in any settings file and on any command line.

    Raises:
        SystemExistsError: when the agency has a system that is not revoked.

    """
    lock_head(tx)  # nothing may be accepted between writing the system's row and filling its queue
    secret = secrets.token_hex(SECRET_BYTES)
    encrypted = key.encrypt(secret.encode(), systems.PURPOSE)
    systems.add_system(tx, agency, encrypted, may_register=may_register, real_now=real_now)
    fill_queue(tx, agency)
    return secret
