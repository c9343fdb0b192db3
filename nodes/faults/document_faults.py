"""Carries out faults of what is sent and of who sends it: one function for each.

A function returns what it saw; what it should see is in `nodes.faults.catalogue`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from asn1crypto import cms as asn1_cms  # type: ignore[import-untyped]  # the library ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nodes.document_writer import Identity, WrittenDocument
from nodes.errors import HubFailed
from nodes.faults.injection_context import Scene
from nodes.known_agencies import agencies
from nodes.pdf_signing import sign_attachment
from nodes.sandbox import WantedAgency, make_agencies, revoke_certificate
from signing import cms
from signing.typeface import glyphs

_DAY, _YEAR = timedelta(days=1), timedelta(days=365)
_NOBODY = "000.00.99.H99"
_TOO_MANY = 2_000_000  # characters; a manifest may have 256 KiB


def _unsigned(scene: Scene) -> tuple[str, ...]:
    return (scene.send(scene.bare()),)


def _altered_manifest(scene: Scene) -> tuple[str, ...]:
    good = scene.good()
    number = scene.draft().number
    other = good.manifest.replace(f'"{number}"'.encode(), f'"{number}A"'.encode())
    return (scene.send(replace(good, manifest=other)),)


def _altered_attachment(scene: Scene) -> tuple[str, ...]:
    good = scene.good()
    content = b"".join(good.attachments[0].chunks())
    altered = replace(good.attachments[0], content=content[:-2] + b"f\n")
    return (scene.send(replace(good, attachments=(altered,))),)


def _altered_pdf(scene: Scene) -> tuple[str, ...]:
    organisation = _own(scene)
    (main,) = scene.bare().attachments
    signed = sign_attachment(main, person=None, organisation=organisation, at=scene.at)
    content = b"".join(signed.chunks())
    word, other = (glyphs(text)[0][1:-1] for text in ("CỘNG HÒA", "CỘNG hÒA"))
    altered = content.replace(word, other, 1)
    if altered == content:
        raise HubFailed("the PDF has no word to change")
    return (scene.send(scene.bare(attachment=replace(signed, content=altered))),)


def _expired(scene: Scene) -> tuple[str, ...]:
    identity, _ = scene.certificate(-_YEAR, -_DAY)
    return (scene.send(scene.signed(identity)),)


def _future(scene: Scene) -> tuple[str, ...]:
    identity, _ = scene.certificate(_DAY, _YEAR)
    return (scene.send(scene.signed(identity)),)


def _revoked(scene: Scene) -> tuple[str, ...]:
    identity, serial = scene.certificate(-_DAY, _YEAR)
    revoke_certificate(scene.sandbox, serial)
    return (scene.send(scene.signed(identity)),)


def _revoked_later(scene: Scene) -> tuple[str, ...]:
    identity, serial = scene.certificate(-_DAY, _YEAR)
    first = scene.send(scene.signed(identity))
    revoke_certificate(scene.sandbox, serial)
    second = scene.send(scene.signed(identity, step=2))
    (item,) = scene.client().documents(sender=scene.code, number=scene.draft().number).items
    return first, second, f"the first is still {item['indication']}"


def _unknown_issuer(scene: Scene) -> tuple[str, ...]:
    return (scene.send(scene.signed(_self_issued(_own(scene), scene.at))),)


def _foreign(scene: Scene) -> tuple[str, ...]:
    other = scene.bystander.office.organisation
    assert other is not None
    return (scene.send(scene.signed(other)),)


def _weak(scene: Scene) -> tuple[str, ...]:
    bare = scene.bare()
    return (scene.send(replace(bare, signatures=(_by_sha1(bare, _own(scene)),))),)


def _number_reused(scene: Scene) -> tuple[str, ...]:
    first = scene.send(scene.good())
    (main,) = scene.good().attachments
    other = replace(main, content=b"".join(main.chunks()) + b"% another letter\n")
    bare = scene.bare(attachment=other)
    organisation = _own(scene)
    signature = cms.sign(bare.manifest, organisation.certificate, organisation.key, signing_time=scene.at)
    return first, scene.send(replace(bare, signatures=(signature,)))


def _replayed(scene: Scene) -> tuple[str, ...]:
    good = scene.good()
    first = scene.send(good)
    again = scene.sent(good)
    receipt = scene.client().receipt(again.id)
    same = "the same receipt" if again.receipt == receipt else "another receipt"
    return first, f"200 {'repeated' if again.repeated else 'taken anew'}, {same}", scene.count()


def _malformed(scene: Scene) -> tuple[str, ...]:
    good = scene.good()
    return (scene.send(replace(good, manifest=good.manifest[: len(good.manifest) // 2])),)


def _too_large(scene: Scene) -> tuple[str, ...]:
    good = scene.good()
    subject = scene.draft().subject
    large = good.manifest.replace(subject.encode(), (subject + "!" * _TOO_MANY).encode())
    return (scene.send(replace(good, manifest=large)),)


def _unknown_recipient(scene: Scene) -> tuple[str, ...]:
    return (scene.send(scene.good(recipients=(_NOBODY,))),)


def _locked_recipient(scene: Scene) -> tuple[str, ...]:
    assert scene.operator is not None
    listed = {item["code"] for item in scene.client().agencies().items}
    known = next(known for code, known in reversed(list(agencies().items())) if code not in listed)
    make_agencies(scene.sandbox, [WantedAgency(known.code, known.name)])
    path = f"/v1/agencies/{known.code}"
    scene.operator.call("PUT", path, {"name": known.name, "locked": True})
    try:
        return (scene.send(scene.good(recipients=(known.code,))),)
    finally:
        scene.operator.call("PUT", path, {"name": known.name, "locked": False})


def _skewed_clock(scene: Scene) -> tuple[str, ...]:
    return (scene.send(scene.signed(_own(scene), claimed=scene.at + 3 * _DAY)),)


def _stolen_token(scene: Scene) -> tuple[str, ...]:
    return (scene.send(scene.good(), scene.client(token=scene.bystander.token)),)


INJECTIONS: dict[str, Callable[[Scene], tuple[str, ...]]] = {
    "unsigned": _unsigned,
    "altered-manifest": _altered_manifest,
    "altered-attachment": _altered_attachment,
    "altered-pdf": _altered_pdf,
    "expired-certificate": _expired,
    "future-certificate": _future,
    "revoked-certificate": _revoked,
    "revoked-later": _revoked_later,
    "unknown-issuer": _unknown_issuer,
    "foreign-certificate": _foreign,
    "weak-algorithm": _weak,
    "number-reused": _number_reused,
    "replayed": _replayed,
    "malformed": _malformed,
    "too-large": _too_large,
    "unknown-recipient": _unknown_recipient,
    "locked-recipient": _locked_recipient,
    "skewed-clock": _skewed_clock,
    "stolen-token": _stolen_token,
}
"""How each fault is carried out."""


def _own(scene: Scene) -> Identity:
    organisation = scene.sender.office.organisation
    assert organisation is not None
    return organisation


def _self_issued(identity: Identity, at: datetime) -> Identity:
    """Issue the sender's own subject and key a certificate by itself."""
    name = identity.certificate.subject
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cơ quan cấp chứng thư tự lập")])
    public = identity.key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(1 + int(at.timestamp()))
        .not_valid_before(at - _DAY)
        .not_valid_after(at + _YEAR)
    )
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    return Identity(builder.sign(identity.key, hashes.SHA256(), ecdsa_deterministic=True), identity.key)


def _by_sha1(written: WrittenDocument, identity: Identity) -> bytes:
    """Sign a manifest by ECDSA with SHA-1, without signed attributes."""
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    good = cms.sign(written.manifest, identity.certificate, identity.key, signed_attributes=False)
    content = asn1_cms.ContentInfo.load(good)
    signer = content["content"]["signer_infos"][0]
    signer["digest_algorithm"] = {"algorithm": "sha1"}
    signer["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    weak = ec.ECDSA(hashes.SHA1(), deterministic_signing=True)  # noqa: S303 - a weak signature is what is wanted
    signer["signature"] = identity.key.sign(written.manifest, weak)
    content["content"]["digest_algorithms"] = [{"algorithm": "sha1"}]
    encoded: bytes = content.dump(force=True)
    return encoded
