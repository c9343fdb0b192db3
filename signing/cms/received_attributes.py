"""The signed attributes of a signature in BER as received, for signers who signed them so.

By RFC 5652 §5.4 attributes are signed in DER. Some signers sign what they wrote, with long lengths or strings
in pieces.
"""

from typing import Final

from signing.cms.ber import der_length, members_as_received
from signing.errors import UnreadableSignature

__all__ = ["received_attributes"]

_SET: Final = b"\x31"
_SIGNED: Final = b"\xa0"
_PLACE: Final = 3
"""The place of the signed attributes in a SignerInfo: after version, name and digest."""


def received_attributes(signature: bytes) -> list[bytes | None]:
    """Return for each signer the SET of signed attributes, with members as they are in the signature.

    `None` for a signer without any; an empty list for what is no signature.
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
