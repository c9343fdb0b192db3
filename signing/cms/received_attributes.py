"""Signed attributes of a signature in BER as they stand there, for signers who signed them so.

They are signed in DER, whatever the signature around them is written in (RFC 5652 §5.4), and read so. Some
signers sign what they wrote, a long length or a string in pieces among it. Nothing is read of them here.
"""

from typing import Final

from signing.cms.ber import der_length, members_as_received
from signing.errors import UnreadableSignature

__all__ = ["received_attributes"]

_SET: Final = b"\x31"
_SIGNED: Final = b"\xa0"
_PLACE: Final = 3
"""Of the signed attributes in a SignerInfo: after version, name and digest."""


def received_attributes(signature: bytes) -> list[bytes | None]:
    """Give, by signer, the SET of signed attributes whose members are as in this signature (DER or BER).

    `None` for a signer without; nothing at all for what is no signature.
    """
    try:
        signed = members_as_received(members_as_received(signature)[1])[0]
        signers = members_as_received(members_as_received(signed)[-1])
        return [_attributes(members_as_received(signer)) for signer in signers]
    except (UnreadableSignature, IndexError):
        return []


def _attributes(parts: list[bytes]) -> bytes | None:
    if len(parts) <= _PLACE or parts[_PLACE][:1] != _SIGNED:
        return None
    content = b"".join(members_as_received(parts[_PLACE]))
    return _SET + der_length(len(content)) + content
