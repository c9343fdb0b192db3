"""Signed containers and messages for the tests: made by zipfile, openssl and as text."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support import pki, xml_by_hand
from support.pki import Signer

from signing.cms import sign
from signing.containers.judging import judge_container
from signing.containers.messages import read_message
from signing.containers.signed_archives import read_container
from signing.verdict import SignatureVerdict
from signing.verdict_vocabulary import SubIndication

LETTER = "Công văn.txt"
TEXT = "V/v kiểm tra\n".encode() * 20
FILES = {LETTER: TEXT, "phụ lục/a.csv": b"1;2;3\n"}
ASIC_E = b"application/vnd.etsi.asic-e+zip"
ASIC_S = b"application/vnd.etsi.asic-s+zip"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"


def pack(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """Pack files in their order; the media type, where it is first, is stored as the standards ask."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.comment = comment
        for name, data in files.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else method)
    return made.getvalue()


def cms(data: bytes, signer: Signer | None = None) -> bytes:
    """Make a detached CAdES signature."""
    by = signer or pki.organisation()
    return sign(data, by.certificate, by.key, chain=by.chain, signing_time=pki.AT)


def manifest(files: Mapping[str, bytes], signature: str = "META-INF/signature001.p7s") -> bytes:
    """Write the manifest that a signature covers instead of the files."""
    listed = "".join(
        f'<asic:DataObjectReference URI="{name}"><ds:DigestMethod Algorithm="{_SHA256}"/><ds:DigestValue>'
        f"{base64.b64encode(hashlib.sha256(data).digest()).decode()}</ds:DigestValue></asic:DataObjectReference>"
        for name, data in files.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" '
        f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><asic:SigReference URI="{signature}" '
        f'MimeType="application/pkcs7-signature"/>{listed}</asic:ASiCManifest>'
    ).encode()


def asic_e(files: Mapping[str, bytes] = FILES, signer: Signer | None = None) -> dict[str, bytes]:
    """Give the files of an ASiC-E with CAdES."""
    listed = manifest(files)
    return {
        "mimetype": ASIC_E,
        **files,
        "META-INF/ASiCManifest001.xml": listed,
        "META-INF/signature001.p7s": cms(listed, signer),
    }


def asic_s(name: str = LETTER, data: bytes = TEXT, signer: Signer | None = None) -> dict[str, bytes]:
    """Give the files of an ASiC-S with CAdES."""
    return {"mimetype": ASIC_S, name: data, "META-INF/signature.p7s": cms(data, signer)}


def judge_all(data: bytes, **more: Any) -> tuple[SignatureVerdict, ...]:
    """Judge a container, or a message, as the hub would, every path worked out anew."""
    covers = more.pop("covers", "f")
    read = read_container(data) if data.startswith(b"PK") else read_message(data)
    return judge_container(read, covers, pki.context(**more))


def judge(data: bytes, **more: Any) -> SignatureVerdict:
    """Judge the only signature."""
    (verdict,) = judge_all(data, **more)
    return verdict


def outcome(data: bytes, **more: Any) -> tuple[str | None, str | None]:
    """Sub-indication of the only signature, and its reason."""
    verdict = judge(data, **more)
    return verdict.sub_indication, dict(verdict.params).get("reason")


def mail(folder: Path, text: bytes, *options: str, command: str = "smime") -> bytes:
    """Have openssl make a signed message of a text."""
    pki.organisation().write(folder)
    (folder / "text").write_bytes(text)
    done = pki.openssl(
        folder, command, "-sign", "-md", "sha256", "-signer", "cert.pem", "-inkey", "key.pem",
        "-certfile", "chain.pem", "-in", "text", *options,
    )  # fmt: skip
    return done.stdout


def xml_signature(files: Mapping[str, bytes], root: str, forms: Mapping[str, str] | None = None) -> bytes:
    """Write an XML signature over files of a package, in the root that its format asks for.

    `forms`: the canonical forms in which some of them are signed; they have that form already.
    """
    transforms = {name: (form,) for name, form in (forms or {}).items()}
    listed = "".join(
        xml_by_hand.reference(name, data.decode(), transforms.get(name, ())) for name, data in files.items()
    )
    made, name = xml_by_hand.signature(listed, form=xml_by_hand.EXCLUSIVE), root.split(maxsplit=1)[0]
    return f"<{root}>{made}</{name}>".encode()


XADES_ROOT = 'asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"'
LISTED = (
    '<?xml version="1.0"?>\n<m:manifest m:version="1.2" '
    'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">\n'
    '<m:file-entry m:full-path="/" m:media-type="application/vnd.etsi.asic-e+zip"/>\n'
    f'<m:file-entry m:full-path="{LETTER}" m:media-type="text/plain"/>\n</m:manifest>'
).encode()
PASSED = (None, None)
UNSIGNED = (SubIndication.SIG_CONSTRAINTS_FAILURE, "container-unsigned")
MAIL_TEXT = "Kính gửi: Sở Nội vụ\nV/v kiểm tra\n".encode()


def asic_xades(files=FILES):
    """The files of an ASiC-E container with a XAdES signature over `files`."""
    return {
        "mimetype": ASIC_E,
        **files,
        "META-INF/manifest.xml": LISTED,
        "META-INF/signatures0.xml": xml_signature(files, XADES_ROOT),
    }
