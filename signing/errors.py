"""What can go wrong in this package when the *caller's* input cannot be used.

A signature that is bad is not an error: it is a verdict. Errors carry parameters; the docstring of each is
its default message.
"""

from typing import ClassVar

__all__ = [
    "CertificateKeyMismatch",
    "InvalidName",
    "InvalidTimes",
    "SignatureBeyondLimits",
    "SigningError",
    "TimestampRefused",
    "UnreadableCertificate",
    "UnreadableCertificateRequest",
    "UnreadableKey",
    "UnreadableOcsp",
    "UnreadableSignature",
    "UnreadableTimestamp",
    "UnreadableVerdict",
    "UnsupportedKey",
    "UnusablePdf",
]


class SigningError(Exception):
    """Something given to the signing package cannot be used."""

    code: ClassVar[str] = "signing-error"

    def __init__(self, **params: object) -> None:
        self.params = params
        message = type(self).__doc__ or self.code
        shown = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{message} ({shown})" if shown else message)


class UnreadableKey(SigningError):
    """The private key cannot be read as an unencrypted PKCS #8 or traditional PEM key."""

    code = "unreadable-key"


class UnsupportedKey(SigningError):
    """The key is of a kind this package does not make or sign with."""

    code = "unsupported-key"


class UnreadableCertificate(SigningError):
    """The bytes are not X.509 certificates in PEM or DER within the limits."""

    code = "unreadable-certificate"


class UnreadableCertificateRequest(SigningError):
    """The bytes are no certificate request (PKCS #10) that its own key signed."""

    code = "unreadable-certificate-request"


class UnreadableSignature(SigningError):
    """The bytes are not a CMS SignedData within the limits."""

    code = "unreadable-signature"


class SignatureBeyondLimits(UnreadableSignature):
    """The bytes may well be a CMS SignedData, but a larger or more complex one than is read."""

    code = "signature-beyond-limits"


class UnreadableOcsp(SigningError):
    """The bytes are not an OCSP request, or not a successful basic response, within the limits."""

    code = "unreadable-ocsp"


class UnreadableTimestamp(SigningError):
    """The bytes are not a time-stamp request, or what a time-stamp is asked for cannot be stamped."""

    code = "unreadable-timestamp"


class TimestampRefused(SigningError):
    """The authority did not give the time-stamp that was asked for."""

    code = "timestamp-refused"


class UnreadableVerdict(SigningError):
    """The stored form is not one that a verdict was kept in."""

    code = "unreadable-verdict"


class CertificateKeyMismatch(SigningError):
    """The private key does not belong to the certificate."""

    code = "certificate-key-mismatch"


class InvalidName(SigningError):
    """A part of a subject's name is empty, too long or not text."""

    code = "invalid-name"


class InvalidTimes(SigningError):
    """A time has no zone, or an end lies before its beginning."""

    code = "invalid-times"


class UnusablePdf(SigningError):
    """The bytes are not a PDF that a signature can be appended to."""

    code = "unusable-pdf"
