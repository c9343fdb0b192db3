"""Renews an agency's certificates where a scenario says how long they are valid, with new keys."""

from dataclasses import replace
from datetime import datetime, timedelta

from nodes.client import Client
from nodes.document_writer import Identity
from nodes.offices import Post
from nodes.sandbox import WantedPerson, issue_certificate
from signing.certificates import load_certificates
from signing.keys import derive_p256, public_to_pem

_EARLIER = timedelta(hours=1)  # clocks differ


def renewed(sandbox: Client, post: Post, *, at: datetime, days: int, seed: int, generation: int) -> Post:
    """Return the agency with new keys, certified from a moment on for so many days; the old ones just end.

    `at` is aware; `generation` counts an agency's renewals.
    """
    office = post.office
    material = f"nodes {seed} {office.agency.code}"
    identities = {}
    for whose in ("organisation", "person"):
        key = derive_p256(f"{material} {whose} {generation}".encode())
        pem = public_to_pem(key.public_key()).decode("ascii")
        person = WantedPerson(office.signer.name, office.signer.title, pem) if whose == "person" else None
        issued = issue_certificate(
            sandbox,
            office.agency.code,
            pem,
            person=person,
            not_before=at - _EARLIER,
            not_after=at + timedelta(days=days),
        )
        identities[whose] = Identity(load_certificates(issued.certificate.encode())[0], key)
    changed = replace(office, organisation=identities["organisation"], person=identities["person"])
    return replace(post, office=changed)
