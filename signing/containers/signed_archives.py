"""Reads signed ZIP archives: their signatures, what each covers, and what is not covered.

It reads ASiC (ETSI EN 319 162-1) and OpenDocument (OASIS OpenDocument 1.3, part 2 §5), and reports other
signed archives without judging them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # the library ships no types

from signing.algorithms import DIGESTS, compute_digest
from signing.containers.archive import Archive, read_archive
from signing.containers.asic_manifest import NamedFile, read_manifest
from signing.containers.findings import ContainerSignature, ContainerSignatures, Observation, Reading
from signing.containers.packages import read_package
from signing.containers.unsigned_files import is_for_programs
from signing.content import Content
from signing.errors import UnreadableSignature
from signing.file_kinds import HEAD_BYTES, FileKind, cms_type, holds_marks, kinds_of
from signing.policy import DEFAULT, Policy
from signing.verdict_vocabulary import Check, Params, SubIndication
from signing.xmldsig.canonical_forms import parse
from signing.xmldsig.elements import SIGNATURE
from signing.xmldsig.reading import XmlSignature, read_xml
from signing.xmldsig.references import Work
from signing.xmldsig.screening import screen

__all__ = ["read_container"]

MAX_SIGNATURES: Final = 32
"""As in one XML file; a form that passes through many hands has some ten."""
MAX_DATA_OBJECTS: Final = 8
"""The most files that are tried as the content of a signature over one file."""

MAX_CARRIED_BYTES: Final = 1024 * 1024
"""Longer files are handed on by their digests alone."""

ASIC_E, ASIC_S, OPEN_DOCUMENT = "ASiC-E", "ASiC-S", "OpenDocument"
OFFICE, PACKAGE = "Office Open XML", "Open Packaging Conventions"
_META: Final = "meta-inf/"
_OPEN_DOCUMENT_TYPE: Final = b"application/vnd.oasis.opendocument"
_OFFICE_FOLDERS: Final = ("word/", "xl/", "ppt/", "visio/")

_CMS: Final = re.compile(r"META-INF/[^/]*\.p7[smc]", re.IGNORECASE)
_XML: Final = re.compile(r"META-INF/[^/]*signatures?[^/]*\.xml", re.IGNORECASE)
_MANIFEST: Final = re.compile(r"META-INF/[^/]*ASiCManifest[^/]*\.xml", re.IGNORECASE)
_ASSERTION: Final = re.compile(
    r"META-INF/[^/]*(?:timestamp[^/]*\.tst|evidencerecord[^/]*\.(?:ers|xml))", re.IGNORECASE
)
_DOCUMENT_SIGNATURES: Final = "META-INF/documentsignatures.xml"
_FOREIGN: Final = (
    (OFFICE, re.compile(r"_xmlsignatures/(?!_rels/)(?!origin\.sigs$).+", re.IGNORECASE)),
    (
        PACKAGE,
        re.compile(r"package/services/digital-signature/.+|.*\.psdsxs", re.IGNORECASE),
    ),
    ("NuGet", re.compile(r"\.signature\.p7s")),
)
"""Archives with signature formats of their own."""
_OTHERWISE: Final = (
    ("JAR", re.compile(r"META-INF/[^/]+\.(?:RSA|DSA|EC|SF)", re.IGNORECASE)),
    ("ASiC time-stamp", _ASSERTION),
)
"""Signature files of other formats."""
_COMMENT: Final = re.compile(
    rb"mimetype=[A-Za-z0-9!#$&^_.+/-]{1,255}|LIB ?DIGIDOC(?:PP|4J)?/[0-9][!-~]{0,40}(?: [ -~]{0,250})?",
    re.IGNORECASE,
)
"""A comment with the archive's media type, or with the program that made it."""


def read_container(data: bytes, policy: Policy = DEFAULT) -> ContainerSignatures:
    """Read the signatures of an archive; none where there is none. Raises nothing for hostile bytes."""
    try:
        found = _read_package(data)
        return _read_archive(read_archive(data), policy) if found is None else found
    except UnreadableSignature as error:
        return ContainerSignatures("ZIP", problem=_params(error))


def _read_archive(archive: Archive, policy: Policy) -> ContainerSignatures:
    name = _format(archive)
    if _is_encrypted(archive):
        return ContainerSignatures(name or OPEN_DOCUMENT, problem=(("reason", "container-encrypted"),))
    if name is None:
        return _read_other_names(archive)
    if name not in {ASIC_E, ASIC_S, OPEN_DOCUMENT}:
        return _unjudged(name)
    try:
        return ContainerSignatures(name, tuple(_Container(archive, name, policy).signatures()))
    except UnreadableSignature as error:
        return ContainerSignatures(name, problem=_params(error))


def _unjudged(name: str, found: str = "") -> ContainerSignatures:
    return ContainerSignatures(name, problem=(("reason", "unjudged-format"), ("found", found or name)))


def _read_package(data: bytes) -> ContainerSignatures | None:
    """Report a package that says it is signed, or that nothing in it can be a signature.

    `None`: it is no package, or another kind of signed archive too.
    """
    package = read_package(data)
    if package is None:
        return None
    if package.is_signed:
        is_office = any(each.startswith(_OFFICE_FOLDERS) for each in package.names)
        return _unjudged(OFFICE if is_office else PACKAGE)
    may_be_another = any(
        each.startswith(_META) or any(pattern.fullmatch(each) for _, pattern in _FOREIGN)
        for each in package.names
    )
    return None if may_be_another else ContainerSignatures()


def _read_other_names(archive: Archive) -> ContainerSignatures:
    """Report a signature in META-INF whose name no format of ours has. Nobody shows it as one of theirs."""
    kind = archive.entries["mimetype"].data if "mimetype" in archive.entries else b""
    name = OPEN_DOCUMENT if kind.startswith(_OPEN_DOCUMENT_TYPE) else "ZIP"
    for each, entry in archive.entries.items():
        if each.lower().startswith(_META) and _is_signature(entry.data):
            return _unjudged(name, f"{name}, {each[:200]}")
    return ContainerSignatures()


def _is_signature(data: bytes) -> bool:
    """Tell whether a file is a signature by its content, or would be to a more lenient reader of XML."""
    kind = next(iter(kinds_of(data[:HEAD_BYTES])), None)
    if kind is not FileKind.XML or not holds_marks(kind, data):
        return kind is FileKind.CMS and cms_type(data) == "SignedData"
    try:
        screen(data)
        return next(parse(data).iter(SIGNATURE), None) is not None
    except UnreadableSignature:
        return True


def _params(error: UnreadableSignature) -> Params:
    return tuple((name, str(value)) for name, value in error.params.items())


def _format(archive: Archive) -> str | None:
    """Return the format of a signed archive; `None` for one without signatures."""
    entries = archive.entries
    foreign = next((name for name, pattern in _FOREIGN if _holds(entries, pattern)), None)
    has_xml = _holds(entries, _XML)
    if foreign is not None or not (has_xml or _holds(entries, _CMS)):
        return foreign or next((name for name, pattern in _OTHERWISE if _holds(entries, pattern)), None)
    kind = entries["mimetype"].data if "mimetype" in entries else b""
    if kind.startswith(_OPEN_DOCUMENT_TYPE) or _DOCUMENT_SIGNATURES in entries:
        return OPEN_DOCUMENT
    is_simple = b"asic-s" in kind or not (has_xml or b"asic-e" in kind or _holds(entries, _MANIFEST))
    return ASIC_S if is_simple else ASIC_E


def _is_encrypted(archive: Archive) -> bool:
    """Tell whether it is an encrypted OpenDocument file, whose signatures cannot be seen."""
    manifest = archive.entries.get("META-INF/manifest.xml")
    return manifest is not None and b"encryption-data" in manifest.data


def _holds(names: Iterable[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.fullmatch(name) for name in names)


class _Container:
    """A signed container with its files classified. Raises `UnreadableSignature` when that fails."""

    def __init__(self, archive: Archive, name: str, policy: Policy) -> None:
        self.policy = policy
        self.archive = archive
        self.entries = {each: entry.data for each, entry in archive.entries.items()}
        self.is_document = name == OPEN_DOCUMENT
        self._digests: dict[tuple[str, str], bytes] = {}
        self._comments: dict[str, bool] = {}
        for pattern in (_XML, _CMS, _MANIFEST):
            _refuse_many(sum(pattern.fullmatch(each) is not None for each in self.entries))
        self.manifests = {
            each: read_manifest(self.entries[each], self.entries, self._digest)
            for each in filter(_MANIFEST.fullmatch, self.entries)
        }
        work = Work()
        self.xml = {
            each: read_xml(self.entries[each], policy, parts=self.entries, work=work)
            for each in filter(_XML.fullmatch, self.entries)
        }
        self.payload = [each for each in self.entries if self._is_payload(each)]

    def _is_payload(self, name: str) -> bool:
        """Tell whether a file has to be signed: all but signatures and files for programs."""
        if name in self.xml:
            return not self.xml[name].signatures
        if self.is_document:
            return True
        if name in self.manifests:  # one that no signature is over, or that another stands beside
            signature = self.manifests[name].signature
            others = [each for each in self.manifests.values() if each.signature == signature]
            return signature is None or len(others) > 1
        is_signature = _CMS.fullmatch(name) is not None
        return not (is_signature or is_for_programs(name, self.entries[name], self.entries))

    def signatures(self) -> Iterator[ContainerSignature]:
        """Give all signatures, in the order of their files. Raises `UnreadableSignature`."""
        found = [*self._xml_signatures(), *self._cms_signatures()]
        _refuse_many(len(found))
        if not found:
            raise UnreadableSignature(reason="no-signer")
        yield from found

    def _digest(self, entry: str, name: str) -> bytes:
        """Return a digest of a file, computed once for all manifests."""
        if (entry, name) not in self._digests:
            self._digests[entry, name] = compute_digest(name, self.entries[entry])
        return self._digests[entry, name]

    def _xml_signatures(self) -> Iterator[ContainerSignature]:
        for read in self.xml.values():
            for each in read.signatures:
                named = each.entries or ()
                covered = [entry for entry in named if not self._has_lost_comments(each, entry)]
                coverage = self._coverage(covered)
                observations = (coverage, *self._damage())
                entries = () if coverage.word is None else tuple(covered)
                yield ContainerSignature((Reading(None, entries, observations),), xml=each)

    def _has_lost_comments(self, signature: XmlSignature, entry: str) -> bool:
        """Tell whether a file has comments and is signed in a canonical form that may leave them out."""
        if not signature.digests_right:
            return False
        digests = {(each.digest, each.found) for each in signature.references if each.entry == entry}
        if any(name is not None and self._digest(entry, name).hex() == found for name, found in digests):
            return False
        if entry not in self._comments:
            root = parse(self.entries[entry])
            self._comments[entry] = next(root.getroottree().iter(etree.Comment), None) is not None
        return self._comments[entry]

    def _cms_signatures(self) -> Iterator[ContainerSignature]:
        for name in filter(_CMS.fullmatch, self.entries):
            readings = [
                self._over_manifest(each, manifest.files)
                for each, manifest in self.manifests.items()
                if manifest.signature == name
            ]
            if not self.manifests:
                readings = [self._over_file(each) for each in self.payload[:MAX_DATA_OBJECTS]]
            if not readings:
                raise UnreadableSignature(reason="container-missing", found=name)
            yield ContainerSignature(tuple(readings), cms=self.entries[name])

    def _over_manifest(self, name: str, files: tuple[NamedFile, ...]) -> Reading:
        """Read a signature over a manifest as one over the files that it names."""
        covered = [each.entry for each in files if each.entry is not None and each.is_right]
        observations = (*_differences(files, self.policy), *self._damage())
        return self._reading(name, [*covered, name] if name in self.payload else covered, observations)

    def _over_file(self, name: str) -> Reading:
        """Read a signature as one over a single file."""
        return self._reading(name, [name], tuple(self._damage()))

    def _reading(self, name: str, covered: list[str], observations: tuple[Observation, ...]) -> Reading:
        coverage, data = self._coverage(covered), self.entries[name]
        content = Content(data, {})
        if len(data) > MAX_CARRIED_BYTES:
            content = Content(None, {each: self._digest(name, each) for each in DIGESTS.values()}, data[:1])
        return Reading(content, () if coverage.word is None else tuple(covered), (*observations, coverage))

    def _coverage(self, covered: Sequence[str]) -> Observation:
        """Step 2: check that there is no unsigned file beside the covered ones."""
        shown, known = ", ".join(covered[:MAX_DATA_OBJECTS])[:1_000] or "none", frozenset(covered)
        loose = (*self.payload, *self.archive.empty_folders)
        rest = next((name for name in loose if name not in known), None)
        if rest is not None:
            params: Params = (("reason", "container-unsigned"), ("found", rest[:200]))
        elif not all(map(_COMMENT.fullmatch, self.archive.comments)):
            params = (("reason", "container-comment"),)
        else:
            return Observation(Check(2, "coverage", "passed", shown))
        check = Check(2, "coverage", "failed", shown, "all files of the container")
        return Observation(check, SubIndication.SIG_CONSTRAINTS_FAILURE, params)

    def _damage(self) -> Iterator[Observation]:
        """Step 0: report a file that other programs may refuse to unpack."""
        found = next((name for name, entry in self.archive.entries.items() if entry.is_damaged), None)
        if found is not None:
            params = (("reason", "container-damaged"), ("found", found[:200]))
            yield Observation(
                Check(0, "container-files", "unknown", found[:200]), SubIndication.GENERIC, params
            )


def _refuse_many(found: int) -> None:
    if found > MAX_SIGNATURES:
        raise UnreadableSignature(reason="too-many-signers", found=found, limit=MAX_SIGNATURES)


def _differences(files: Sequence[NamedFile], policy: Policy) -> Iterator[Observation]:
    """Step 2: compare the files with the manifest's digests, and report the worst of each kind."""
    weak = next((each for each in files if not policy.admits_digest(each.digest)), None)
    held = [each for each in files if each.entry is not None and policy.admits_digest(each.digest)]
    altered = next((each for each in held if not each.is_right), None)
    missing = next((each for each in files if each.entry is None), None)
    if altered is not None:
        params: Params = (("reason", "container-altered"), ("found", altered.uri))
        check = Check(2, "container-digests", "failed", altered.uri)
        yield Observation(check, SubIndication.HASH_FAILURE, params)
    if missing is not None:
        params = (("reason", "container-missing"), ("found", missing.uri))
        check = Check(2, "container-digests", "unknown", missing.uri)
        yield Observation(check, SubIndication.GENERIC, params)
    if weak is not None:
        params = (("reason", "digest"), ("found", weak.digest or weak.digest_identifier))
        check = Check(2, "container-digests", "unknown", weak.uri)
        yield Observation(check, SubIndication.CRYPTO_CONSTRAINTS_FAILURE, params)
    if altered is missing is weak is None:
        yield Observation(Check(2, "container-digests", "passed", str(len(files))))
