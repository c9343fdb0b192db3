"""OCSP, RFC 6960: requests and responses made and read. `signing.paths.ocsp` says whom to believe."""

from signing.ocsp.make import issue_responder, make_refusal, make_request, make_response
from signing.ocsp.read import read_request, read_response
from signing.ocsp.values import Answer, CertificateId, Request, Response, certificate_id

__all__ = [
    "Answer",
    "CertificateId",
    "Request",
    "Response",
    "certificate_id",
    "issue_responder",
    "make_refusal",
    "make_request",
    "make_response",
    "read_request",
    "read_response",
]
