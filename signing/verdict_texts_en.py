"""Texts of verdicts in English: sentences with remedies, reasons, and titles of checks."""

from typing import Final

__all__ = ["CHECKS", "REASONS", "SENTENCES"]

SENTENCES: Final[dict[str, tuple[str, str | None]]] = {
    "TOTAL_PASSED": ("The signature is valid and belongs to {agency}.", None),
    "TOTAL_PASSED:pdf-added": (
        "The signature is valid and belongs to {agency}. What was added to the file later is signed by {by}.",
        None,
    ),
    "UNSIGNED": (
        "The document carries no signature.",
        (
            "Sign the manifest's exact bytes (openssl cms -sign -binary -outform DER) and send it "
            "with a replacement."
        ),
    ),
    "SIGNED_BY_both": ("The document is signed by the organisation and by a person of {agency}.", None),
    "SIGNED_BY_organisation": ("The document is signed by the organisation {agency}.", None),
    "SIGNED_BY_person": ("The document is signed by a person of {agency}.", None),
    "FORMAT_FAILURE": (
        "The signature cannot be read: {reason}.",
        (
            "Send a detached CMS signature over the exact bytes, DER or PEM, as openssl cms -sign "
            "-binary makes it."
        ),
    ),
    "HASH_FAILURE": (
        "The signed content is not the content that was sent: it was changed after signing.",
        (
            "Sign the bytes that are sent, and send the bytes that were signed, without any rewriting"
            " in between."
        ),
    ),
    "SIG_CRYPTO_FAILURE": (
        "The signature value does not match the content and the key of the certificate.",
        (
            "Sign again with the private key of this certificate, and send the signature as it was made: "
            "another key was used, or the signature was altered on the way."
        ),
    ),
    "REVOKED": (
        "The certificate was revoked on {revoked_at}, before the trusted time {trusted_time}.",
        "Have a new certificate issued and sign again with it.",
    ),
    "EXPIRED": (
        "The certificate expired on {not_after}, before the trusted time {trusted_time}.",
        "Have the certificate renewed and sign again.",
    ),
    "NOT_YET_VALID": (
        "The certificate is valid only from {not_before}, after the trusted time {trusted_time}.",
        "Sign with a certificate that is valid already, or wait until this one is.",
    ),
    "NO_SIGNING_CERTIFICATE_FOUND": (
        "The signature names another certificate than the one it carries.",
        "Send the signer's own certificate inside the signature, the one it was made with.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": (
        "No path leads from the signer's certificate to a trusted root: {reason}.",
        (
            "Send the signer's and the issuing authorities' certificates inside the signature "
            "(openssl cms -certfile), "
            "or ask the operator whether your authority is trusted here."
        ),
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": (
        "The path from the signer's certificate to the trusted root does not hold: {reason}.",
        "Check the issuing authorities' certificates: their signatures, names and times.",
    ),
    "CHAIN_CONSTRAINTS_FAILURE": (
        "A certificate on the path does not permit this use: {reason}.",
        (
            "Sign with a certificate whose key usage is digital signature or non-repudiation, from an"
            " authority that may "
            "issue it."
        ),
    ),
    "REVOKED_CA_NO_POE": (
        "The certificate of an issuing authority was revoked on {revoked_at}.",
        "Have a certificate issued by an authority that stands, and sign again.",
    ),
    "SIG_CONSTRAINTS_FAILURE": (
        "The certificate belongs to {agency}, but the document comes from {sender}.",
        "Sign with a certificate of the sending agency, or have this one registered to it.",
    ),
    "SIG_CONSTRAINTS_FAILURE:part": (
        "The signature covers only a part of the file, and unsigned content stands beside it.",
        "Read nothing but the signed part, or have the whole file signed.",
    ),
    "SIG_CONSTRAINTS_FAILURE:xml": (
        "The file shows something that the signature does not cover: {reason}.",
        "Read nothing but what is signed, or have the file signed again without it.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": (
        "The algorithm or key size is not admitted: {reason}.",
        (
            "Sign with SHA-256 or stronger and an RSA key of 2048 to 4096 bits, one on the curves P-256, "
            "P-384 or P-521, or an Ed25519 key."
        ),
    ),
    "TRY_LATER": (
        (
            "Whether the certificate was revoked cannot be told now: no revocation list for that time"
            " is at hand."
        ),
        "Nothing needs to be sent again; it is judged again by itself when the list arrives.",
    ),
    "TRY_LATER:list-ran-out": (
        (
            "Whether the certificate was revoked cannot be told now: the newest revocation list at hand "
            "({source}; {issuer}) ran out on {next_update}."
        ),
        "Nothing needs to be sent again; it is judged again by itself when a newer list arrives.",
    ),
    "TRY_LATER:on-hold": (
        "The certificate was suspended at that time, which its authority may yet take back or make final.",
        "Ask the authority that issued it; it is judged again by itself when a newer list or answer arrives.",
    ),
    "FORMAT_FAILURE:xml": (
        "The signature in the XML is not sound: {reason}.",
        "Sign the file again in its own software, and send it as that saved it.",
    ),
    "GENERIC:xml": (
        "The signature in the XML could not be judged: {reason}.",
        "Sign the whole file by an enveloped signature without other transforms.",
    ),
    "FORMAT_FAILURE:pdf": (
        "The signature in the PDF is not sound: {reason}.",
        "Sign the file again in its own software, and send it as that saved it.",
    ),
    "HASH_FAILURE:pdf-altered": (
        "The PDF was altered after signing in a way that the signature does not allow.",
        "Send the file as it was signed; what has to change comes before signing, or is signed again.",
    ),
    "GENERIC:pdf-later-signer": (
        "Something was added to the PDF after this signature, not known to be the same sender's: {reason}.",
        "Look at the verdict on the later signature first; mend that, or send the file as it was signed.",
    ),
    "GENERIC:pdf-encrypted": (
        "The PDF is encrypted, so its signatures could not be judged.",
        "Send the file without a password and without restrictions.",
    ),
    "TRY_LATER:pdf-later-signer": (
        "Something was added to the PDF later, and the later signature over that cannot be judged yet.",
        "The later signature waits for revocation information, and this one with it.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE:pdf": (
        "The way the PDF is signed is not admitted: {reason}.",
        "Sign it as ETSI.CAdES.detached (PAdES).",
    ),
    "SIG_CONSTRAINTS_FAILURE:container": (
        "The signature does not cover all that is in the container: {reason}.",
        "Use nothing but the files that are signed, or have the container signed again with all its files.",
    ),
    "SIG_CONSTRAINTS_FAILURE:mime": (
        "The message shows something that the signature does not cover: {reason}.",
        "Trust nothing but the signed text, or have the document itself signed, and sent as a file.",
    ),
    "HASH_FAILURE:container": (
        "A signed file in the container was changed after signing: {found}.",
        "Send the container as it was signed; what has to change comes before signing.",
    ),
    "GENERIC:container": (
        "The signatures in the file could not be judged: {reason}.",
        "Make the container again with usual software, unencrypted.",
    ),
    "GENERIC:mime": (
        "The signature in the message could not be judged: {reason}.",
        "Send the message as the mail program saved it.",
    ),
    "GENERIC:unjudged": (
        "{reason}; whether it is valid is not known.",
        "Have it checked by the software it was made with.",
    ),
    "GENERIC:stopped": (
        (
            "Judging the signature took so long, or so much memory, that it was stopped to protect the "
            "computer; that says nothing against the signature."
        ),
        "Nothing needs to be sent again; it is judged again by itself. Should it stay so, tell the operator.",
    ),
    "GENERIC:too": (
        "The signature is larger or more complex than what is read here: {reason}.",
        (
            "Sign again with only what is needed: the certificates of signer and issuers, few signers and "
            "time-stamps."
        ),
    ),
    "GENERIC:nested": (
        "The signature is more complex than what is read here: {reason}.",
        "Sign again with software that writes DER, or with fewer time-stamps inside each other.",
    ),
    "GENERIC:no-content": (
        "What was signed is not at hand: {reason}.",
        "Give the signed file together with its signature.",
    ),
    "GENERIC": (
        "The signature could not be judged: {reason}.",
        "Send the file without encryption, and as its own software saves it.",
    ),
}
"""By sub-indication, and some words for whole documents: sentence and remedy."""

REASONS: Final[dict[str, str]] = {
    "too-large": "it is {found} large, and up to {limit} are read",
    "neither-der-nor-pem": "it is neither DER nor one PEM block nor base64 alone",
    "broken-base64": "its base64 is broken",
    "malformed": "it is not a CMS SignedData",
    "not-signed-data": "it is another kind of CMS message ({found})",
    "too-many-certificates": "it carries {found} certificates, more than {limit}",
    "too-many-signers": "it has {found} signers, more than {limit}",
    "no-signer": "nobody signed it",
    "no-content": "it carries no content, and none was given",
    "trailing-bytes": "more bytes follow its end",
    "nested-too-deep": "it is built of more than {limit} layers, which signing software does not make",
    "too-many-values": "it is built of more than {limit} pieces, which signing software does not make",
    "truncated": "it ends too early",
    "high-tag": "it holds a tag that no signature has",
    "indefinite-primitive": "a length in it has no end",
    "octet-string-pieces": "a byte string in pieces is broken",
    "attribute-not-once": "the signed attribute {found} does not stand there exactly once",
    "attribute-missing": "the signed attribute {found} is missing",
    "attribute-malformed": "a signed attribute cannot be read",
    "parameters": "algorithm {found} has parameters it does not take",
    "version": "it has a version that does not exist ({found})",
    "attribute-unsigned": "the attribute {found} stands outside what is signed",
    "too-many-unsigned": "it carries {found} time-stamps or countersignatures, more than {limit}",
    "content-type": "its content type is {found}, and the attributes say {expected}",
    "content-type-without-attributes": (
        "without signed attributes its content type can only be data, and is {found}"
    ),
    "content-could-be-attributes": "it has no signed attributes, and the content could itself be some",
    "xml-malformed": "the file is not well-formed XML",
    "xml-dtd": "the file has a document type declaration, which is not read",
    "xml-too-complex": "the file is nested deeper or has more elements than {limit}",
    "xml-too-much-work": "checking all that it signs takes more work than one file may take",
    "xml-unsupported": "the XML has a form that is not read here ({found})",
    "part": "it covers only a part of the file",
    "xml-comment": "a comment",
    "xml-later-signature": "a signature that was added since",
    "xml-outside": "an instruction outside of the signed element ({found})",
    "xml-divided": "a text that the signature stands in the middle of ({found})",
    "xml-loose": "{found}, inside of the signature",
    "xml-signature-malformed": "the XML signature is not built as the standard says",
    "xml-references": "it has {found} references, and 1 to {limit} are read",
    "xml-reference-elsewhere": "it refers to something outside of the file ({found})",
    "xml-reference-dangling": "it refers to {found}, which is not in the file",
    "xml-reference-ambiguous": "it refers to {found}, which several elements of the file are called",
    "xml-reference-missing": "the file {found} that it signs is not in the package",
    "xml-transform": "it transforms what it signs in a way that is not read ({found})",
    "container-unsigned": "the file {found} in it is not signed",
    "container-comment": "the archive has a comment that is not signed",
    "container-altered": "the file {found} was changed after signing",
    "container-ambiguous": "programs may find different files in the archive ({found})",
    "container-encrypted": "the container is encrypted",
    "container-method": "a file is compressed in a way that is not read ({found})",
    "container-too-large": "it is {found} large, packed or unpacked, and up to {limit} are read",
    "container-too-many": "it holds {found} files, more than {limit}",
    "container-damaged": "the file {found} in it is damaged",
    "container-missing": "the file {found} that belongs to the signature is not there",
    "container-manifest": "the list of signed files is not built as the standard says",
    "mime-ambiguous": "mail programs may divide the message differently ({found})",
    "mime-too-complex": "the message has {found} parts, header lines or bytes, more than {limit}",
    "mime-header": "the header field {found}",
    "mime-beside": "content beside what is signed ({found})",
    "unjudged-format": "The file is signed in a format that is not judged here ({found})",
    "unjudged-encrypted": "The file is encrypted, so that a signature inside cannot be seen ({found})",
    "unreadable-certificate": "the signer's certificate cannot be read",
    "no-certificate": "the signature does not carry the signer's certificate",
    "unknown-issuer": "no trusted certificate of {issuer} is known",
    "broken-link": "a signature or name on the path does not match its issuer",
    "authority-expired": "the certificate of an issuing authority had expired",
    "authority-not-yet-valid": "the certificate of an issuing authority was not valid yet",
    "malformed-certificate": "a certificate on the path cannot be read",
    "over-budget": "more certificates and rules hang on it than are looked through for one signature",
    "key-usage": "its key usage does not allow signatures",
    "extended-key-usage": "its extended key usage names no signing of documents",
    "issuer-purpose": "an issuing authority's certificate is for another purpose than signing",
    "constraints": "an authority's limits on names, policies, length or usage forbid it",
    "digest": "digest {found}",
    "method": "signature algorithm {found}",
    "key": "key {found}",
    "chain-algorithm": "a certificate or list on the path was signed with an algorithm that is not admitted",
    "pdf-altered": "the PDF was altered after signing",
    "pdf-added": "something was added to the PDF later, and signed",
    "pdf-not-compared": "the PDF was changed after signing in a way that could not be compared",
    "pdf-permitted": "the PDF was filled in after signing, as the signer allowed, but nobody signed that",
    "pdf-hides-text": "marks that were added to the PDF later lie over much of a page",
    "pdf-later-signer": "the later signature is another one's, or did not pass",
    "pdf-unreadable": "the PDF's structure is broken",
    "pdf-too-large": "the PDF is {found} large, and up to {limit} are read",
    "pdf-over-budget": "reading the PDF took more work or memory than one file may take",
    "pdf-encrypted": "the PDF is encrypted",
    "pdf-too-many-signatures": "the PDF has more than {limit} signatures",
    "pdf-signature-hidden": "a signature lies in the file, but no form field shows it",
    "pdf-signature-object": "the signature's entry in the PDF is incomplete or malformed",
    "pdf-byte-range": "its /ByteRange does not name two ranges of the file, around the signature",
    "pdf-gap": "the bytes that the signature leaves out are not exactly its own /Contents",
    "pdf-coverage": "the signature does not cover the whole of its revision",
    "pdf-signers": "a PDF signature has exactly one signer",
    "pdf-encapsulated": "a PDF signature carries no content of its own",
    "pdf-subfilter": "PDF signature format {found}",
    "stopped": "judging it was stopped to protect the computer",
    "not-a-timestamp": "it is no time-stamp, but {found}",
}
"""What `{reason}` stands for."""

CHECKS: Final[dict[str, str]] = {
    "structure": "The signature can be read",
    "signed-attributes": "The signed attributes are complete",
    "signer-certificate": "The signer's certificate is there",
    "trusted-time": "The time to judge by",
    "claimed-time": "The time the signer claims",
    "content-digest": "The content is what was signed",
    "coverage": "Nothing that can be read stands beside what is signed",
    "container-files": "The container's files can be unpacked",
    "container-digests": "The container's files are those that were signed",
    "encapsulated-content": "Content inside the signature is the content sent",
    "certificate-reference": "The signature names this certificate",
    "signature-value": "The signature value matches key and content",
    "countersignature": "Somebody else signed this signature",
    "certificate-path": "A path leads to a trusted root and held at that time",
    "certificate-usage": "The certificate is for signing",
    "revocation": "No certificate of the path was revoked at that time",
    "owner": "The certificate belongs to the sending agency",
    "digest-algorithm": "The digest is admitted",
    "signature-algorithm": "The signature algorithm is admitted",
    "key": "The key's kind and size are admitted",
    "pdf-structure": "The signature stands in the PDF as the standard asks",
    "pdf-coverage": "What of the file the signature covers",
    "later-signers": "Who signed what was added later",
    "later-changes": "What was changed after signing is allowed",
    "document-timestamp": "A time-stamp over the document",
    "timestamp-token": "The time-stamp can be read",
    "timestamp-imprint": "The time-stamp covers this signature",
    "timestamp-value": "The time-stamp's own signature matches",
    "timestamp-authority": "Its authority may stamp times and leads to a trusted root",
    "timestamp-revocation": "Its authority's certificate was not revoked",
    "timestamp-algorithm": "The time-stamp's algorithms are admitted",
}
"""By the name of the check."""
