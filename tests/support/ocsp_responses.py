"""OCSP responses of the small infrastructure: a responder, and what it answers about a certificate."""

from datetime import timedelta

from support import pki

from signing import ocsp
from signing.authority import Authority
from signing.certificate_subjects import authority_subject

AT = pki.AT.replace(microsecond=0)
DAY = timedelta(days=1)


def identifier(serial=10, digest="sha1"):
    """How a request and an answer name a certificate of the issuing authority."""
    return ocsp.certificate_id(pki.issuing().certificate, serial, digest)


def responder(key="responder"):
    """A responder that the issuing authority certified."""
    certificate = ocsp.issue_responder(
        pki.issuing(), pki.key(key).public_key(), authority_subject("Responder", "X"), AT - DAY, AT + DAY, 40
    )
    return Authority(certificate, pki.key(key), "responder")


def respond(*answers, by=None, nonce=None):
    """A response with these answers."""
    by = by or responder()
    return ocsp.make_response(
        by.certificate, by.key, answers, pki.AT, nonce=nonce, certificates=[by.certificate]
    )


GOOD = ocsp.Answer(identifier(), "good", AT, AT + DAY)
