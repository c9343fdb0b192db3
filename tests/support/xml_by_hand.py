"""XML signatures put together as text: no library's canonical forms stand behind both sides of a test.

What is signed has to be in its canonical form already.
"""

import base64
import hashlib
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from support import pki

from signing.certificates import to_der

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
NEWER: Final = "http://www.w3.org/2006/12/xml-c14n11"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = DS + "enveloped-signature"
_SIGNATURE: Final = (
    '<{p}Signature {x}="{ds}">{info}<{p}SignatureValue>{value}</{p}SignatureValue>'
    "<{p}KeyInfo>{key_info}</{p}KeyInfo>{objects}</{p}Signature>"
)


def signer() -> pki.Signer:
    return pki.organisation("rsa-2048")


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def x509_data(more: str = "", prefix: str = "") -> str:
    p = f"{prefix}:" if prefix else ""
    by = signer()
    certificates = "".join(
        f"<{p}X509Certificate>{base64_of(to_der(each))}</{p}X509Certificate>"
        for each in (by.certificate, *by.chain)
    )
    return f"<{p}X509Data>{more}{certificates}</{p}X509Data>"


def reference(uri: str, canonical: str, transforms: tuple[str, ...] = (ENVELOPED,), prefix: str = "") -> str:
    """Write a Reference in its canonical form, over this canonical text."""
    p = f"{prefix}:" if prefix else ""
    digest = base64_of(hashlib.sha256(canonical.encode()).digest())
    listed = "".join(f'<{p}Transform Algorithm="{each}"></{p}Transform>' for each in transforms)
    wrapped = f"<{p}Transforms>{listed}</{p}Transforms>" if transforms else ""
    return (
        f'<{p}Reference URI="{uri}">{wrapped}<{p}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256">'
        f"</{p}DigestMethod><{p}DigestValue>{digest}</{p}DigestValue></{p}Reference>"
    )


def signature(
    *references: str,
    form: str = INCLUSIVE,
    prefix: str = "",
    scope: str = "",
    inherited: str = "",
    key_info: str | None = None,
    objects: str = "",
) -> str:
    """Make a Signature over these references.

    `scope` and `inherited`: what SignedInfo takes over, before and
    behind its own declaration, as written.
    """
    p, x = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    inner = (
        f'<{p}CanonicalizationMethod Algorithm="{form}"></{p}CanonicalizationMethod>'
        f'<{p}SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></{p}SignatureMethod>'
        f"{''.join(references)}</{p}SignedInfo>"
    )
    canonical = f'<{p}SignedInfo{scope} {x}="{DS}"{inherited}>{inner}'
    value = signer().key.sign(canonical.encode(), padding.PKCS1v15(), hashes.SHA256())
    held = x509_data(prefix=prefix) if key_info is None else key_info
    info = f"<{p}SignedInfo>{inner}"
    return _SIGNATURE.format(
        p=p, x=x, ds=DS, info=info, value=base64_of(value), key_info=held, objects=objects
    )


def enveloped(before: str, after: str, canonical: str | None = None, **options: str) -> bytes:
    """Sign a whole document; the signature stands between `before` and `after`."""
    prefix = options.get("prefix", "")
    made = signature(
        reference("", before + after if canonical is None else canonical, prefix=prefix), **options
    )
    return (before + made + after).encode()
