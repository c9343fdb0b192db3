"""Signs what a hub pushes to a webhook, and checks such a signature (Standard Webhooks 1.0.0, symmetric).

A message is its id, the second at which it was sent, and its body; what is signed is `id.timestamp.body`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = range(24, 65)
"""How many bytes a secret may have."""
TOLERANCE_SECONDS: Final = 300
"""How old, or how far ahead, a message may be; an older one may be somebody's repetition."""
TIMESTAMP_DIGITS: Final = 16
SIGNATURES: Final = 16
"""The most signatures that are looked at: one for each secret that holds while it is changed."""


class WebhookSignatureError(Exception):
    """A message is not from the holder of the secret, or is too old; the message says which."""


def write_secret(secret: bytes) -> str:
    """Return a secret as it is handed out: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Return the bytes of a secret as `write_secret` makes it; the prefix may be left out.

    Raises:
        ValueError: when it is not base64 of 24 to 64 bytes.

    """
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"a secret is {PREFIX} and base64") from None
    if len(secret) not in SECRET_BYTES:
        raise ValueError(f"a secret has 24 to 64 bytes; this one has {len(secret)}")
    return secret


def signed_headers(secrets: Sequence[bytes], message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """Return the three headers of a message, with a signature by each secret.

    `seconds`: Unix time at which it is sent, by the machine's clock.
    """
    signatures = " ".join(f"v1,{_signature(secret, message_id, str(seconds), body)}" for secret in secrets)
    return {ID: message_id, TIMESTAMP: str(seconds), SIGNATURE: signatures}


def check_headers(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Return the id of a message that the holder of the secret signed within the last five minutes.

    `headers`: with names in lower case. `now`: Unix time in seconds.

    Raises:
        WebhookSignatureError: when it is not such a message.

    """
    message_id, timestamp = headers.get(ID), headers.get(TIMESTAMP)
    if not message_id or not timestamp or SIGNATURE not in headers:
        raise WebhookSignatureError(f"the headers {ID}, {TIMESTAMP} and {SIGNATURE} are wanted")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= TIMESTAMP_DIGITS):
        raise WebhookSignatureError(f"{TIMESTAMP} is no Unix time in whole seconds")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise WebhookSignatureError(f"{TIMESTAMP} is more than {TOLERANCE_SECONDS} s from the time here")
    expected = _signature(secret, message_id, timestamp, body)
    for signature in headers[SIGNATURE].split(" ")[:SIGNATURES]:
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value.encode(), expected.encode()):
            return message_id
    raise WebhookSignatureError("no signature of the message is by this secret")


def _signature(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
