"""The catalogue of bad signatures: its examples read from a folder, and judged as the hub would.

A folder holds `manifest.toml` and the files it names; `tests/catalogue/make.py` writes it.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from support import pki

from signing.certificates import load_certificates, to_der
from signing.containers.judging import judge_container
from signing.containers.messages import read_message
from signing.containers.signed_archives import read_container
from signing.pades.judge import verify_pdf
from signing.paths.validation import TrustMaterial
from signing.verdict import SignatureVerdict
from signing.verify import verify_signatures
from signing.xmldsig.judging import verify_xml

VECTORS = Path(__file__).parent.parent / "catalogue/vectors"
PASSED = "TOTAL-PASSED"
CONTAINERS = {"ASiC-E", "ASiC-S", "OpenDocument", "Office Open XML", "ZIP", "S/MIME"}


@dataclass(frozen=True)
class Example:
    """One file, and what is expected of it."""

    name: str
    expected: str
    """`TOTAL-PASSED`, or the sub-indication of the verdict on its last signature."""
    twin: str | None
    """The example that is the same but for what is wrong with this one."""
    format: str
    file: str
    content: str | None
    """File that a detached signature is over."""
    trust: str
    """Folder of roots, issuers and lists."""
    at: str
    sender: str
    made_by: str
    why: str


def examples(folder: Path = VECTORS) -> list[Example]:
    """Every example that the manifest of a folder lists."""
    listed = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["example"]
    return [Example(**{"content": None, "twin": None, **each}) for each in listed]


def judge(example: Example, folder: Path = VECTORS) -> tuple[SignatureVerdict, ...]:
    """Judge an example's signatures, every path worked out anew."""
    material = trust(folder / "trust" / example.trust)
    data = (folder / example.file).read_bytes()
    covers = example.content or example.file
    context = pki.context(material, datetime.fromisoformat(example.at), sender=example.sender)
    if example.format == "XMLDSig":
        return verify_xml(data, covers, context)
    if example.format == "PAdES":
        return verify_pdf(data, covers, context)
    if example.format in CONTAINERS:
        read = read_message(data) if example.format == "S/MIME" else read_container(data)
        return judge_container(read, covers, context)
    content = None if example.content is None else (folder / example.content).read_bytes()
    return verify_signatures(data, content, covers, context)


def outcome(example: Example, folder: Path = VECTORS) -> str:
    """What became of the example's last signature, in the manifest's words."""
    verdict = judge(example, folder)[-1]
    return verdict.sub_indication or verdict.indication


def trust(folder: Path) -> TrustMaterial:
    """Read a folder of trust material."""
    known = [each for path in sorted(folder.glob("*.pem")) for each in load_certificates(path.read_bytes())]
    roots = [each for each in known if each.subject == each.issuer]
    lists = [x509.load_der_x509_crl(path.read_bytes()) for path in sorted(folder.glob("*.crl"))]
    return TrustMaterial(
        roots=tuple(map(to_der, roots)),
        intermediates=tuple(to_der(each) for each in known if each not in roots),
        crls=tuple(each.public_bytes(Encoding.DER) for each in lists),
    )
