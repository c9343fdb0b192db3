"""Texts of verdicts in English for one kind of file, or for who judges without a hub."""

from typing import Final

__all__ = ["OR_MANIFEST", "SITUATIONS"]

OR_MANIFEST: Final = "Or sign the manifest: that signature covers every file."
"""What a hub adds to the remedies for signatures inside and beside attachments that cannot be used."""

SITUATIONS: Final[dict[str, tuple[str | None, str | None]]] = {
    "FORMAT_FAILURE@beside": (
        None,
        "Have the file signed again, and the signature file sent as the signing software wrote it.",
    ),
    "FORMAT_FAILURE@carried": (
        None,
        "Have the file signed again with its content inside, and sent as the signing software wrote it.",
    ),
    "FORMAT_FAILURE@pdf": (
        "The signature in the PDF is not sound: {reason}.",
        "Have the file signed again in its own software, and sent as that saved it.",
    ),
    "FORMAT_FAILURE@xml": (
        "The signature in the XML is not sound: {reason}.",
        "Have the file signed again in its own software, and sent as that saved it.",
    ),
    "FORMAT_FAILURE@package": (
        "The signature in the file is not sound: {reason}.",
        "Have the file signed again in its own software, and sent as that saved it.",
    ),
    "HASH_FAILURE@manifest": (
        "The manifest that was sent is not the one that was signed: it was changed after signing.",
        "Sign the bytes that are sent, and send those that were signed, without any rewriting in between.",
    ),
    "HASH_FAILURE@beside": (
        "The file is not the one that was signed: it was changed after signing, or another one was signed.",
        "Have the file sent again exactly as it was signed, or signed again.",
    ),
    "HASH_FAILURE@carried": (
        "The content inside the signature is not the one that was signed: it was changed after signing.",
        "Have the file signed again, and sent as the signing software wrote it.",
    ),
    "HASH_FAILURE@pdf": (
        "The PDF is not the one that was signed: it was changed after signing.",
        "Have the file sent exactly as it was signed, or signed again; saving it anew breaks the signature.",
    ),
    "HASH_FAILURE@xml": (
        "The XML is not the one that was signed: it was changed after signing.",
        "Have the file sent exactly as it was signed, or signed again; saving it anew breaks the signature.",
    ),
    "HASH_FAILURE@package": (
        "A file in it is not the one that was signed: it was changed after signing.",
        "Have it sent exactly as it was signed, or signed again; saving it anew breaks the signature.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND@file": (
        None,
        (
            "Have the certificates of the issuing authorities put into the signature, or ask the operator "
            "whether that authority is trusted here."
        ),
    ),
    "NO_CERTIFICATE_CHAIN_FOUND:no-certificate@manifest": (
        "The signature does not carry the signer's certificate, so nobody can tell whose it is.",
        "Sign the manifest again with the signer's certificate in the signature (openssl cms -signer).",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND:no-certificate@file": (
        "The signature does not carry the signer's certificate, so nobody can tell whose it is.",
        "Have it signed again so that the signer's certificate stands in the signature.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:over-budget@manifest": (
        "The path to a trusted root could not be followed: {reason}.",
        "Sign again with only the certificates in the signature that lead to the root.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:over-budget@file": (
        "The path to a trusted root could not be followed: {reason}.",
        "Have it signed again with only the certificates in the signature that lead to the root.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@manifest": (
        None,
        "Have a certificate issued by an authority whose own certificate is valid, and sign again.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@file": (
        None,
        "Have a certificate issued by an authority whose own certificate is valid, and sign again.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@offline": (
        None,
        (
            "Where something proves that the file was there earlier, a receipt for example, judge it as of "
            "that time (--receipt or --at), with the lists of revoked certificates of then."
        ),
    ),
    "NO_CERTIFICATE_CHAIN_FOUND@offline": (
        None,
        (
            "Give the certificates of the issuing authorities with --intermediates, and their root with "
            "--trust, if you trust it."
        ),
    ),
    "EXPIRED@offline": (
        None,
        (
            "Where something proves that the file was there earlier, a receipt for example, judge it as of "
            "that time (--receipt or --at); else have it signed again with a certificate that is valid."
        ),
    ),
    "REVOKED@offline": (
        None,
        (
            "Where something proves that the file was there earlier, a receipt for example, judge it as of "
            "that time (--receipt or --at); else have it signed again with another certificate."
        ),
    ),
    "NOT_YET_VALID@offline": (
        None,
        "Check the time it is judged as of (--at); else have it signed with a certificate that is valid.",
    ),
    "SIG_CONSTRAINTS_FAILURE@offline": (
        "The certificate belongs to {agency}, and a signature of {sender} was asked for.",
        "Ask for a signature with a certificate of the agency that was meant, or judge without --sender.",
    ),
    "TRY_LATER@offline": (
        None,
        (
            "Get the list of revoked certificates that its authority issued for that time, and judge again "
            "with it (--crl)."
        ),
    ),
    "TRY_LATER:list-ran-out@offline": (
        None,
        "Get a newer list of revoked certificates from its authority, and judge again with it (--crl).",
    ),
    "TRY_LATER:on-hold@offline": (
        None,
        "Ask the authority that issued it, and judge again with its newer list of revoked ones (--crl).",
    ),
    "GENERIC:too-large@xml": (
        "The file is too large for its signatures to be looked for: {reason}.",
        "Send a smaller file.",
    ),
    "GENERIC:too-large@package": (
        "The file is too large for its signatures to be looked for: {reason}.",
        "Send a smaller file.",
    ),
    "GENERIC:pdf-too-large@pdf": (
        "The file is too large for its signatures to be looked for: {reason}.",
        "Send a smaller file.",
    ),
    "GENERIC@manifest": (None, "Sign the manifest again, as openssl cms -sign -binary does it."),
    "GENERIC@carried": (None, "Have the file signed again, and sent as the signing software wrote it."),
    "GENERIC@beside": (None, "Have the file signed again, and sent as the signing software wrote it."),
    "GENERIC:stopped@offline": (
        None,
        "Judge it again when the computer has less to do, or on one with more memory.",
    ),
}
"""By sub-indication, reason if any, and situation; `None` stands for what is said everywhere."""
