"""Checks at start that the secret key fits what the store has encrypted with it.

The key itself is in `axis.database.secret_key`. A new key is made for a store without encrypted values.
"""

from axis.agencies.systems import PURPOSE as SYSTEM
from axis.agencies.systems import any_secret
from axis.authority.stored_authorities import ISSUING, has_authority, open_authority
from axis.database import Read
from axis.database.key_files import secret_key_path
from axis.database.secret_key import SecretKey, open_secret_key
from axis.push.queries import any_webhook_secret
from axis.push.webhooks import PURPOSE as WEBHOOK
from axis.settings import Settings


def open_secret(tx: Read, settings: Settings) -> SecretKey:
    """Open the secret key for something new to encrypt; the first time it is made beside a SQLite store.

    Raises:
        SecretKeyError: when it is missing, broken, or not the key of what the store holds encrypted.

    """
    secret = open_secret_key(settings, make=not _holds_secrets(tx))
    _try(tx, secret)
    return secret


def check_secret(tx: Read, settings: Settings) -> None:
    """Try the secret key on what the store has encrypted. One without secrets needs no key, but no bad one.

    Raises:
        SecretKeyError: as above.

    """
    path = secret_key_path(settings)
    if _holds_secrets(tx) or settings.secret_key_file is not None or (path is not None and path.exists()):
        _try(tx, open_secret_key(settings))


def _holds_secrets(tx: Read) -> bool:
    return has_authority(tx) or any_secret(tx) is not None or any_webhook_secret(tx) is not None


def _try(tx: Read, secret: SecretKey) -> None:
    if has_authority(tx):
        open_authority(tx, ISSUING, secret)
    for encrypted, purpose in ((any_secret(tx), SYSTEM), (any_webhook_secret(tx), WEBHOOK)):
        if encrypted is not None:
            secret.decrypt(encrypted, purpose)
