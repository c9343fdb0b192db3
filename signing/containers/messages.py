"""Reads S/MIME messages: their signatures, what each covers, and what a reader sees besides.

Both forms are read, detached (multipart/signed) and opaque (application/pkcs7-mime); encrypted messages are
not decrypted. RFC 8551, RFC 9788.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from signing.algorithms import DIGESTS, compute_digest
from signing.cms.parse import parse
from signing.containers.findings import ContainerSignature, ContainerSignatures, Observation, Reading
from signing.containers.mime import MAX_HEADER_BYTES, Entity, read_entity, split
from signing.content import Content
from signing.errors import UnreadableSignature
from signing.file_kinds import cms_type
from signing.policy import DEFAULT, Policy
from signing.verdict_vocabulary import Check, Params, SubIndication

# A message's header is not signed, and mail programs show it: subject and names are covered just if the
# signed part repeats them.

__all__ = ["SMIME", "read_message"]

MAX_DEPTH: Final = 8
"""Forwarded in an attachment of a forwarded message is six."""
MAX_PARTS: Final = 256
MAX_SIGNATURES: Final = 8

SMIME: Final = "S/MIME"

_SIGNATURE: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_OPAQUE: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP: Final = frozenset({"application/pgp-signature", "application/pgp-encrypted"})
_UNSEEN: Final = re.compile(
    r"content-(?:type|transfer-encoding|disposition|id|language|length)|mime-version|message-id|return-path|"
    r"(?:x|arc|list|dkim|ms|thread)-.*|received(?:-spf)?|authentication-results|domainkey-signature|"
    r"delivered-to|envelope-to|in-reply-to|references|user-agent|autocrypt|precedence|auto-submitted|"
    r"importance|priority|errors-to|return-receipt-to|disposition-notification-to|status|lines"
)
"""Header fields that mail programs do not show."""
_PREAMBLE: Final = re.compile(
    rb"(?:This is (?:an S/MIME signed message|a(?: cryptographically signed message|"
    rb" multi-?part message) in MIME format)\.?)?"
)
"""What mail programs write for those that know no MIME."""
_MESSAGE: Final = re.compile(rb"^(?:content-type|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BARE_LINE_END: Final = re.compile(rb"(?<!\r)\n")


def read_message(data: bytes, policy: Policy = DEFAULT) -> ContainerSignatures:
    """Read the signatures of a message; none where there is none. Raises nothing for hostile bytes."""
    if data.startswith(b"From "):  # a mailbox of one message
        data = data.partition(b"\n")[2]
    if _MESSAGE.search(data, 0, MAX_HEADER_BYTES) is None:
        return ContainerSignatures()  # another text that begins like a header
    try:
        reader = _Reader(policy)
        reader.walk(read_entity(data), is_beside=None, depth=0)
        reader.refuse_uncounted()
    except UnreadableSignature as error:
        problem = tuple((name, str(value)) for name, value in error.params.items())
        return ContainerSignatures(SMIME, problem=problem)
    return ContainerSignatures(SMIME, tuple(reader.found), reader.problem)


class _Reader:
    """Goes through the parts of one message and collects its signatures."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.found: list[ContainerSignature] = []
        self.problem: Params = ()
        self.parts = 0

    def refuse_uncounted(self) -> None:
        """Refuse what has more signatures than are judged."""
        if len(self.found) > MAX_SIGNATURES:
            raise UnreadableSignature(reason="too-many-signers", found=len(self.found), limit=MAX_SIGNATURES)

    def walk(self, entity: Entity, *, is_beside: str | None, depth: int) -> None:
        """Look for signatures in an entity. `is_beside`: whether something unsigned is beside it."""
        self.parts += 1
        if depth > MAX_DEPTH or self.parts > MAX_PARTS:
            raise UnreadableSignature(reason="mime-too-complex", found=self.parts, limit=MAX_PARTS)
        if entity.kind == "multipart/signed":
            self._detached(entity, is_beside)
        elif entity.kind in _OPAQUE or _is_named_so(entity):
            self._opaque(entity, is_beside)
        elif entity.kind in _SIGNATURE or entity.kind in _PGP:
            self._leave(entity.kind)
        elif entity.kind.startswith("multipart/"):
            for part in split(entity).parts:
                self.walk(read_entity(part), is_beside=entity.kind, depth=depth + 1)
        elif entity.kind == "message/rfc822" and entity.encoding in {"7bit", "8bit", "binary"}:
            self.walk(read_entity(entity.body), is_beside=entity.kind, depth=depth + 1)

    def _leave(self, name: str) -> None:
        self.problem = (("reason", "unjudged-format"), ("found", name))

    def _detached(self, entity: Entity, is_beside: str | None) -> None:
        whole = split(entity)
        if len(whole.parts) < 2:  # noqa: PLR2004 - what is signed, and the signature
            raise UnreadableSignature(reason="mime-ambiguous", found="multipart/signed")
        signed, signature = whole.parts[0], read_entity(whole.parts[1])
        if signature.kind not in _SIGNATURE:
            self._leave(signature.kind)
            return
        if len(whole.parts) > 2:  # noqa: PLR2004 - as above
            is_beside = is_beside or "multipart/signed"
        elif _PREAMBLE.fullmatch(whole.preamble.strip()) is None or whole.epilogue.strip():
            is_beside = is_beside or "text"
        observation = _coverage(entity, _lenient(signed), is_beside)
        canonical = _BARE_LINE_END.sub(b"\r\n", signed)
        readings = [
            Reading(_content(each), (), (observation,)) for each in dict.fromkeys((canonical, signed))
        ]
        self.found.append(ContainerSignature(tuple(readings), cms=_decoded(signature)))

    def _opaque(self, entity: Entity, is_beside: str | None) -> None:
        cms, policy = _decoded(entity), self.policy
        kind = cms_type(cms)
        if kind != "SignedData":
            reason = "unjudged-encrypted" if "Enc" in kind or "Env" in kind else "unjudged-format"
            self.problem = (("reason", reason), ("found", f"S/MIME {kind}"))
            return
        try:
            inner = parse(
                cms,
                max_bytes=policy.max_enclosing_bytes,
                max_certificates=policy.max_certificates,
                max_signers=policy.max_signers,
            ).encapsulated
        except UnreadableSignature as error:
            if error.params["reason"] == "no-signer":
                return  # certificates alone
            inner = None
        if inner is None:
            self.found.append(ContainerSignature((Reading(None, (), ()),), cms=cms))
            return
        observation = _coverage(entity, _lenient(inner), is_beside)
        self.found.append(ContainerSignature((Reading(None, (), (observation,)),), cms=cms))


def _is_named_so(entity: Entity) -> bool:
    return entity.kind == "application/octet-stream" and entity.parameters.get("name", "").lower().endswith(
        ".p7m"
    )


def _lenient(signed: bytes) -> Entity:
    """Read the signed part as an entity. If it is none, all of it is signed nevertheless."""
    try:
        return read_entity(signed)
    except UnreadableSignature:
        return Entity((), "?", {}, "?", signed)


def _decoded(entity: Entity) -> bytes:
    if entity.encoding != "base64":
        return entity.body
    try:
        return base64.b64decode(b"".join(entity.body.split()), validate=True)
    except (binascii.Error, ValueError):
        return entity.body  # which is then no readable signature


def _content(data: bytes) -> Content:
    return Content(None, {name: compute_digest(name, data) for name in DIGESTS.values()}, data[:1])


def _coverage(message: Entity, signed: Entity, is_beside: str | None) -> Observation:
    """Step 2: check that a reader sees nothing but what is signed."""
    if is_beside is None:
        repeated = set(_repeated(signed))
        loose = next((each for each in message.fields if _is_seen(each[0]) and each not in repeated), None)
        params: Params = () if loose is None else (("reason", "mime-header"), ("found", loose[0].title()))
    else:
        params = (("reason", "mime-beside"), ("found", is_beside))
    if not params:
        return Observation(Check(2, "coverage", "passed", signed.kind))
    check = Check(2, "coverage", "failed", signed.kind, "all that the message shows")
    return Observation(check, SubIndication.SIG_CONSTRAINTS_FAILURE, params)


def _is_seen(name: str) -> bool:
    return _UNSEEN.fullmatch(name) is None


def _repeated(signed: Entity) -> Iterator[tuple[str, str]]:
    """Return the signed header fields: those of the part, or of the message that it is."""
    yield from signed.fields
    if signed.kind == "message/rfc822" and signed.encoding in {"7bit", "8bit", "binary"}:
        yield from _lenient(signed.body).fields
