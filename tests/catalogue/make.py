"""Makes the catalogue of bad signatures: for each sub-indication an example that provokes it, and a twin.

    PYTHONPATH=.:tests .venv/bin/python tests/catalogue/make.py [FOLDER]

Writes the files and `manifest.toml` into FOLDER, by default `vectors` beside this script. What `openssl`
makes comes out different each time, and means the same. Keys are those of `support.pki`; times lie in 2019.
"""

import sys
import tempfile
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from support import pdfs, pki, raw_cms, xml_signatures
from support.catalogue import PASSED, VECTORS, Example
from support.container_examples import CONTAINERS, messages

from nodes.pdf import Line, write_pdf
from signing import authority, keys
from signing.certificate_subjects import authority_subject
from signing.certificates import load_certificates, to_pem
from signing.cms import sign
from signing.pades.make import sign_pdf

DAY = timedelta(days=1)
CONTENT, OTHER_CONTENT = "content.json", "altered.json"
HASH = "HASH_FAILURE"
TITLE, ENCRYPTED = b"/Info 90 0 R", b"/Encrypt 91 0 R/ID[<00><00>]"
OTHER_AGENCY = "000.00.00.H26"
FIELDS = [each.name for each in fields(Example)]


class Catalogue:
    """A folder that is being written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listed: list[dict[str, str]] = []
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.*"):
            old.unlink()
        self.put(CONTENT, pki.CONTENT)
        self.put(OTHER_CONTENT, pki.CONTENT + b" ")

    def put(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name

    def trust(self, name: str, lists: dict[str, bytes], **certificates: bytes) -> None:
        known = {"root": to_pem(pki.root().certificate), "issuing": to_pem(pki.issuing().certificate)}
        for each, pem in {**known, **certificates}.items():
            self.put(f"trust/{name}/{each}.pem", pem)
        for each, der in lists.items():
            self.put(f"trust/{name}/{each}.crl", der)

    def add(self, name: str, expected: str, file: str, why: str, **more: str) -> None:
        detached = {"content": CONTENT} if file.endswith(".p7s") else {}
        self.listed.append(
            {
                "name": name,
                "expected": expected,
                "format": "CMS",
                "file": file,
                **detached,
                "trust": "current",
                "at": moment(pki.AT),
                "sender": pki.SENDER,
                "made_by": "signing",
                "why": why,
                **more,
            }
        )

    def finish(self) -> None:
        lines = ["# Written by tests/catalogue/make.py: what each file is expected to come to."]
        for example in self.listed:
            lines += ["", "[[example]]"]
            lines += [f'{name} = "{example[name]}"' for name in FIELDS if name in example]
        self.put("manifest.toml", ("\n".join(lines) + "\n").encode())


def moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def ours(signer: pki.Signer, **more: object) -> bytes:
    chain = more.pop("chain", signer.chain)
    return sign(pki.CONTENT, signer.certificate, signer.key, chain=chain, signing_time=pki.AT, **more)


def by_openssl(signer: pki.Signer, *options: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        signer.write(folder)
        (folder / "content").write_bytes(pki.CONTENT)
        pki.openssl(
            folder, "cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey", "key.pem",
            "-certfile", "chain.pem", "-outform", "DER", "-out", "signature", *options,
        )  # fmt: skip
        return (folder / "signature").read_bytes()


AUTHORITY = """
[ca]
default_ca = catalogue
[catalogue]
database = index
serial = serial
new_certs_dir = .
certificate = cert.pem
private_key = key.pem
default_md = sha256
preserve = yes
policy = any
[any]
countryName = optional
organizationName = optional
organizationIdentifier = optional
"""


def issued_by_openssl(key_pem: bytes, extensions: str) -> pki.Signer:
    """A certificate that openssl issues below our issuing authority, where ours would issue no such thing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pki.Signer(pki.issuing().certificate, pki.issuing().key).write(folder)
        for file, text in (("ca.cnf", AUTHORITY), ("index", ""), ("serial", "4D"), ("more", extensions)):
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "own.pem").write_bytes(key_pem)
        subject = f"/C=VN/O=UBND/organizationIdentifier=GO:VN-{pki.SENDER}"
        pki.openssl(folder, "req", "-new", "-key", "own.pem", "-subj", subject, "-out", "request.pem")
        pki.openssl(
            folder, "ca", "-batch", "-notext", "-config", "ca.cnf", "-in", "request.pem", "-out", "made.pem",
            "-startdate", "20190102000000Z", "-enddate", "20231230000000Z", "-extfile", "more",
        )  # fmt: skip
        (certificate,) = load_certificates((folder / "made.pem").read_bytes())
        key = load_pem_private_key(key_pem, None)
        return pki.Signer(certificate, key, (pki.issuing().certificate,))


def rsa_by_openssl(bits: int) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        pki.openssl(Path(name), "genrsa", "-out", "key.pem", str(bits))
        return (Path(name) / "key.pem").read_bytes()


def make_trust(into: Catalogue) -> None:
    """The folders of trust material: the current one, and what differs from it in one thing."""
    root, now = pki.crl(pki.root()), pki.crl()
    revoked = [authority.Revocation(10, pki.AT - DAY)]
    later = [authority.Revocation(10, pki.AT + DAY)]
    stale = {"this_update": pki.AT - 30 * DAY, "next_update": pki.AT - DAY}
    other = to_pem(other_root().certificate)
    into.trust("current", {"root": root, "issuing": now})
    into.trust("revoked", {"root": root, "issuing": pki.crl(revoked=revoked)})
    into.trust(
        "revoked-later",
        {"root": root, "issuing": pki.crl(revoked=later, this_update=pki.AT + 2 * DAY)},
    )
    into.trust(
        "authority-revoked",
        {"root": pki.crl(pki.root(), [authority.Revocation(2, pki.AT - DAY)]), "issuing": now},
    )
    into.trust("no-lists", {})
    into.trust("stale-list", {"root": root, "issuing": pki.crl(**stale)})
    into.trust("other-root", {"root": root, "issuing": now, "other": pki.crl(other_root())}, other=other)


def other_root() -> authority.Authority:
    subject = authority_subject("Other", "Ban khac")
    return authority.create_root(pki.key("other root"), subject, pki.terms(1))


def make_content(into: Catalogue) -> None:
    """Format, content and value."""
    organisation = pki.organisation()
    good = into.put("openssl.p7s", by_openssl(organisation))
    into.add("openssl", PASSED, good, "made by openssl cms -sign", made_by="openssl")
    bare = into.put("openssl-noattr.p7s", by_openssl(organisation, "-noattr"))
    into.add("openssl-noattr", PASSED, bare, "without signed attributes", made_by="openssl")
    held = into.put("openssl-nodetach.p7m", by_openssl(organisation, "-nodetach"))
    into.add("openssl-nodetach", PASSED, held, "carries its content", made_by="openssl")
    whole = into.put("good.p7s", ours(organisation))
    into.add("good", PASSED, whole, "made by axis sign")
    cut = into.put("cut-short.p7s", ours(organisation)[:-1])
    into.add("cut-short", "FORMAT_FAILURE", cut, "the last byte is missing", twin="good")
    more = into.put("trailing.p7s", ours(organisation) + b"\0")
    into.add("trailing-bytes", "FORMAT_FAILURE", more, "a byte follows", twin="good")
    changed = {"content": OTHER_CONTENT, "made_by": "openssl"}
    into.add("altered-content", "HASH_FAILURE", good, "other content", twin="openssl", **changed)
    into.add(
        "altered-content-noattr",
        "SIG_CRYPTO_FAILURE",
        bare,
        "other content, and no attribute with its digest",
        twin="openssl-noattr",
        **changed,
    )
    thief = pki.Signer(organisation.certificate, pki.key("thief"), organisation.chain)
    attributes = [raw_cms.content_type(), raw_cms.message_digest()]
    stolen = into.put("another-key.p7s", raw_cms.signature(thief, attributes))
    honest = into.put("handmade.p7s", raw_cms.signature(organisation, attributes))
    into.add("handmade", PASSED, honest, "the least that a signature needs")
    into.add("another-key", "SIG_CRYPTO_FAILURE", stolen, "the key is not the certificate's", twin="handmade")
    named = into.put("openssl-cades.p7s", by_openssl(organisation, "-cades"))
    into.add("openssl-cades", PASSED, named, "names its certificate", format="CAdES", made_by="openssl")
    into.put("renewed.p7s", ours(organisation).replace(organisation.der, renewed(organisation)))
    into.add(
        "another-certificate",
        "NO_SIGNING_CERTIFICATE_FOUND",
        "renewed.p7s",
        "the attributes name another certificate of that key",
        format="CAdES",
        twin="good",
    )


def renewed(signer: pki.Signer) -> bytes:
    """Another certificate of the same name, number, key and length."""
    made = (pki.organisation(end=pki.END - days * DAY).der for days in range(2, 99))
    return next(each for each in made if len(each) == len(signer.der))


def make_paths(into: Catalogue) -> None:
    """Path, revocation and owner."""
    good, into_openssl = "good.p7s", {"made_by": "openssl"}
    into.add("revoked", "REVOKED", good, "revoked the day before", trust="revoked", twin="revoked-later")
    into.add("revoked-later", PASSED, good, "revoked only the day after", trust="revoked-later")
    short = into.put("short-lived.p7s", ours(pki.organisation(end=pki.AT - DAY, serial=11)))
    into.add("expired", "EXPIRED", short, "sent a day after its end", twin="before-its-end")
    into.add("before-its-end", PASSED, short, "sent an hour before", at=moment(pki.AT - DAY - DAY / 24))
    early = into.put("early.p7s", ours(pki.organisation(begin=pki.AT + DAY, serial=12)))
    into.add("not-yet-valid", "NOT_YET_VALID", early, "sent a day before its beginning", twin="valid-by-then")
    into.add("valid-by-then", PASSED, early, "sent a day after", at=moment(pki.AT + 2 * DAY))
    foreign = into.put("other-root.p7s", ours(pki.organisation(issuer=other_root(), serial=13)))
    into.add("unknown-root", "NO_CERTIFICATE_CHAIN_FOUND", foreign, "of another root", twin="known-root")
    into.add("known-root", PASSED, foreign, "that root is trusted too", trust="other-root")
    subject = authority_subject("Issuing", "Ban Cơ yếu")
    false_root = authority.create_root(
        pki.key("false"), authority_subject("Root", "Ban Cơ yếu"), pki.terms(1)
    )
    false = authority.create_issuing(false_root, pki.key("false issuing"), subject, pki.terms(2))
    forged = into.put("false-issuer.p7s", ours(pki.organisation(issuer=false, serial=14)))
    into.add(
        "false-issuer",
        "CERTIFICATE_CHAIN_GENERAL_FAILURE",
        forged,
        "an issuer of the true one's name and another key",
        twin="good",
    )
    for name, usage, expected in (
        ("key-for-encryption", "keyEncipherment", "CHAIN_CONSTRAINTS_FAILURE"),
        ("key-for-signing", "digitalSignature", PASSED),
    ):
        signer = issued_by_openssl(keys.to_pem(pki.key("usage")), f"keyUsage = critical,{usage}\n")
        file = into.put(f"{name}.p7s", by_openssl(signer))
        twin = {} if expected == PASSED else {"twin": "key-for-signing"}
        into.add(name, expected, file, f"key usage {usage}", **into_openssl, **twin)
    into.add(
        "authority-revoked",
        "REVOKED_CA_NO_POE",
        good,
        "the issuing authority was revoked the day before",
        trust="authority-revoked",
        twin="good",
    )
    into.add("no-lists", "TRY_LATER", good, "no revocation list", trust="no-lists", twin="good")
    into.add("stale-list", "TRY_LATER", good, "the list is a day too old", trust="stale-list", twin="good")
    into.add(
        "another-agency",
        "SIG_CONSTRAINTS_FAILURE",
        good,
        "a certificate of the other agency",
        sender=OTHER_AGENCY,
        twin="good",
    )


def make_algorithms(into: Catalogue) -> None:
    """Digests and keys."""
    weak = into.put("sha1.p7s", by_openssl(pki.organisation(), "-md", "sha1"))
    into.add("sha1", "CRYPTO_CONSTRAINTS_FAILURE", weak, "SHA-1", twin="openssl", made_by="openssl")
    usage = "keyUsage = critical,digitalSignature\n"
    for bits, expected in ((1024, "CRYPTO_CONSTRAINTS_FAILURE"), (2048, PASSED)):
        file = into.put(f"rsa-{bits}.p7s", by_openssl(issued_by_openssl(rsa_by_openssl(bits), usage)))
        twin = {} if expected == PASSED else {"twin": "rsa-2048"}
        into.add(f"rsa-{bits}", expected, file, f"RSA of {bits} bits", made_by="openssl", **twin)


def make_xml(into: Catalogue) -> None:
    """XML signatures."""
    kind = {"format": "XMLDSig", "made_by": "signxml"}
    letter, part = b'Id="letter"', xml_signatures.BOX[5:-6]
    signed = xml_signatures.sign(xml_signatures.LETTER)
    signed_part = xml_signatures.sign(xml_signatures.BOX, uri="#letter")
    files = {
        "whole.xml": signed,
        "part.xml": signed_part,
        "altered.xml": signed.replace(b"H26", b"H27"),
        "wrapped.xml": signed_part.replace(part, part.replace(letter, b"").replace(b"H26", b"H99") + part),
        "same-id.xml": signed_part.replace(part, part + part.replace(b"H26", b"H99")),
        "sha1.xml": xml_signatures.sign(
            xml_signatures.LETTER,
            pki.organisation("rsa-2048"),
            signature_algorithm="rsa-sha1",
            digest_algorithm="sha1",
        ),
        "deep.xml": signed.replace(b"H26", b"<a>" * 300 + b"</a>" * 300),
        "nested.xml": xml_signatures.sign(xml_signatures.LETTER.replace(b"H26", b"<a>" * 50 + b"</a>" * 50)),
    }
    for name, data in files.items():
        into.put(name, data)
    into.add("xml-whole", PASSED, "whole.xml", "enveloped, over the whole document", **kind)
    into.add("xml-nested", PASSED, "nested.xml", "nested fifty deep", **kind)
    for name, expected, why, twin in (
        ("altered", "HASH_FAILURE", "a recipient changed", "xml-whole"),
        ("part", "SIG_CONSTRAINTS_FAILURE", "over the only part there is, but not its root", "xml-whole"),
        ("wrapped", "SIG_CONSTRAINTS_FAILURE", "another letter before the signed one", "xml-whole"),
        ("same-id", "GENERIC", "two letters of one Id", "xml-whole"),
        ("sha1", "CRYPTO_CONSTRAINTS_FAILURE", "RSA with SHA-1, as of old", "xml-whole"),
        ("deep", "GENERIC", "nested deeper than is read", "xml-nested"),
    ):
        into.add(f"xml-{name}", expected, f"{name}.xml", why, twin=twin, **kind)


def make_pdf(into: Catalogue) -> None:
    """PDF signatures."""
    pdf = write_pdf("V/v kiem tra", [Line("1.000.000")], day="2019-06-03")
    for signer, kind in ((pki.person(), "person"), (pki.organisation(), "organisation")):
        pdf = sign_pdf(pdf, signer.certificate, signer.key, signer.chain, signing_time=pki.AT, kind=kind)
    into.put("both.pdf", pdf)
    into.put("altered.pdf", pdf.replace(b"/MediaBox", b"/MediaBix", 1))
    kind = {"format": "PAdES"}
    into.add("pdf-both", PASSED, "both.pdf", "signed by person, then organisation", **kind)
    into.add("pdf-altered", "HASH_FAILURE", "altered.pdf", "one byte changed", twin="pdf-both", **kind)


def make_appended(into: Catalogue) -> None:
    """What was done to a PDF after it was signed."""
    kind, signed = {"format": "PAdES"}, pdfs.signed_by_person()
    into.put("signed.pdf", signed)
    into.add("pdf-signed", PASSED, "signed.pdf", "signed by a person", **kind)
    text = pdfs.stream(b"BT /F1 12 Tf 72 700 Td (9.999.999) Tj ET")
    encryption = b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>" % (b"00" * 32, b"00" * 32)
    unlisted = pdfs.append(signed, {90: b"null\nendobj\n4 0 obj\n" + text})
    for name, expected, data, why in (
        ("text", HASH, pdfs.append(signed, {pdfs.TEXT: text}), "another text appended"),
        ("title", HASH, pdfs.append(signed, {90: b"<</Title(9.999.999)>>"}, TITLE), "another title"),
        ("unlisted", "GENERIC", unlisted, "another text appended, in no list of objects"),
        ("encrypted", "GENERIC", pdfs.append(pdfs.sample(), {91: encryption}, ENCRYPTED), "encrypted"),
    ):
        into.put(f"{name}.pdf", data)
        into.add(f"pdf-{name}", expected, f"{name}.pdf", why, twin="pdf-signed", **kind)


def make_containers(into: Catalogue) -> None:
    """Containers and messages."""
    for each in (*CONTAINERS, *messages()):
        into.put(each.name, each.data)
        twin = {} if each.twin is None else {"twin": each.twin}
        made_by = {"made_by": "openssl"} if each.format == "S/MIME" else {}
        into.add(each.name, each.expected, each.name, each.why, format=each.format, **twin, **made_by)


def make(folder: Path) -> None:
    """Write the whole catalogue."""
    into = Catalogue(folder)
    for part in (
        make_trust,
        make_content,
        make_paths,
        make_algorithms,
        make_xml,
        make_pdf,
        make_appended,
        make_containers,
    ):
        part(into)
    into.finish()


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS)
