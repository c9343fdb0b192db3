"""The algorithm identifiers of XML signatures, in the words of `signing.algorithms`.

`signing.policy` decides which are admitted. XML Signature 1.1 §6, RFC 9231. HMAC is left out on purpose: its
key proves no identity.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from signing.algorithms import SignatureMethod

__all__ = ["DIGESTS", "METHODS", "is_canonical", "is_exclusive", "is_newer"]

_DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_NEWER: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_NEWER_FORM: Final = "http://www.w3.org/2006/12/xml-c14n11"
_CANONICAL: Final = frozenset(
    method + comments
    for method, comments in (
        ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", ""),
        ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "#WithComments"),
        (_NEWER_FORM, ""),
        (_NEWER_FORM, "#WithComments"),
        (_EXCLUSIVE, ""),
        (_EXCLUSIVE, "WithComments"),
    )
)
_SALTS: Final = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}

DIGESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _DS + "sha1": "sha1",
        _MORE + "md5": "md5",
        _MORE + "sha224": "sha224",
        "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
        _MORE + "sha384": "sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    }
)

METHODS: Final[Mapping[str, SignatureMethod]] = MappingProxyType(
    {
        _DS + "rsa-sha1": SignatureMethod("rsa", "sha1"),
        _MORE + "rsa-md5": SignatureMethod("rsa", "md5"),
        _DS + "dsa-sha1": SignatureMethod("dsa", "sha1"),
        "http://www.w3.org/2009/xmldsig11#dsa-sha256": SignatureMethod("dsa", "sha256"),
        _MORE + "ecdsa-sha1": SignatureMethod("ecdsa", "sha1"),
        **{_MORE + f"rsa-{name}": SignatureMethod("rsa", name) for name in _SALTS if name != "sha1"},
        **{_MORE + f"ecdsa-{name}": SignatureMethod("ecdsa", name) for name in _SALTS if name != "sha1"},
        **{
            _NEWER + f"{name}-rsa-MGF1": SignatureMethod("rsa-pss", name, name, salt)
            for name, salt in _SALTS.items()
        },
    }
)


def is_canonical(algorithm: str) -> bool:
    """Whether this is a canonical form of XML that is understood here."""
    return algorithm in _CANONICAL


def is_exclusive(algorithm: str) -> bool:
    """Whether it is the exclusive one."""
    return algorithm.startswith(_EXCLUSIVE)


def is_newer(algorithm: str) -> bool:
    """Whether it is Canonical XML 1.1, which differs in what an element inherits."""
    return algorithm.startswith(_NEWER_FORM)
